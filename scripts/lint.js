#!/usr/bin/env node
// Runs every formatter and linter over its part of the repository: one line each, findings only where there are any.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const clang = require('./lint/clang');
const javascript = require('./lint/javascript');
const { counts, line } = require('./lint/report');

/** @typedef {import('./lint/report').Outcome} Outcome */

const root = path.resolve(__dirname, '..');

/** @type {Record<string, { check: (root: string) => Promise<Outcome>, fix?: (root: string) => Promise<Outcome> }>} */
const linters = {
  biome: { check: javascript.biome, fix: javascript.biomeFormat },
  tsc: { check: javascript.tsc },
  'clang-format': { check: clang.format, fix: clang.formatInPlace },
  'clang-tidy': { check: clang.tidy },
};

const help = `Usage: node scripts/lint.js [--fix] [linter...]

Linters: ${Object.keys(linters).join(', ')}; without a name, all.
  --fix  formats (${Object.keys(linters)
    .filter((name) => linters[name].fix)
    .join(', ')}) and checks nothing`;

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { fix: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const unknown = positionals.find((name) => !Object.hasOwn(linters, name));
  if (unknown !== undefined)
    throw new Error(`no linter '${unknown}'; there are ${Object.keys(linters).join(', ')}`);
  if (!fs.existsSync(path.join(root, 'node_modules/.bin'))) {
    throw new Error("the dependencies are not installed: run 'npm install' first");
  }
  const outcomes = [];
  for (const [name, { check, fix }] of Object.entries(linters)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const run = values.fix ? fix : check;
    if (run === undefined) continue;
    const begun = Date.now();
    const outcome = await run(root);
    outcomes.push(outcome);
    if (outcome.findings) console.log(outcome.findings.trimEnd());
    console.log(line(name, outcome, Date.now() - begun));
  }
  const { passed, failed, skipped } = counts(outcomes);
  if (!values.fix) console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`lint: ${error.message}`);
    process.exitCode = 2;
  },
);
