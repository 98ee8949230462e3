// bench/results: one JSON file a measure, so that a run of one measure leaves the others as they are.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const measures = require('../measures');

/** @typedef {import('./types').Stored} Stored */

const folder = path.join(__dirname, '..', 'results');

/** @param {string} measure */
const file = (measure) => path.join(folder, `${measure}.json`);

/** @param {Stored} stored */
function save(stored) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file(stored.measure), `${JSON.stringify(stored, null, 1)}\n`);
}

/** @returns {Stored[]} */
function loadAll() {
  return measures
    .map(({ name }) => file(name))
    .filter((name) => fs.existsSync(name))
    .map((name) => JSON.parse(fs.readFileSync(name, 'utf8')));
}

module.exports = { folder, loadAll, save };
