// Fixtures whose addon is built with a sanitizer (scripts/sanitizers.js): what they need in their environment, and the
// reports that they leave, each of which fails the test it comes from. Jest side only.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** Of scripts/sanitizers.js: the environment of a fixture as JSON. `{reports}` stands for where reports go. */
const setting = process.env.SIGBRIDGE_SANITIZED_FIXTURES ?? '';

/** @type {string | undefined} */
let folder;

function reportFolder() {
  if (folder === undefined) {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-reports-'));
    process.on('exit', () => fs.rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}

/** @param {string} kind of the runtime: only Node is known to start with a sanitizer's library @returns {Record<string, string>} */
function sanitizedEnvironment(kind) {
  if (setting === '' || kind !== 'node') return {};
  return JSON.parse(setting.replaceAll('{reports}', path.join(reportFolder(), 'report')));
}

/** @throws {Error} with what a sanitizer has written since the last time, in the fixtures or in children of theirs */
function refuseReports() {
  if (folder === undefined) return;
  const reports = fs.readdirSync(folder).map((name) => {
    const file = path.join(reportFolder(), name);
    const text = fs.readFileSync(file, 'utf8');
    fs.rmSync(file);
    return text;
  });
  if (reports.length > 0) throw new Error(`a sanitizer reports:\n${reports.join('\n')}`);
}

module.exports = { refuseReports, sanitizedEnvironment };
