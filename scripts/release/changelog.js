// CHANGELOG.md as text: what is not released yet, and how it becomes a release. Common Changelog, with a heading for what
// is to come.
'use strict';

const UNRELEASED = '## Unreleased';

/**
 * What stands under a heading, up to the next of its kind; undefined: there is no such heading.
 * @param {string} text
 * @param {(heading: string) => boolean} isWanted
 */
function section(text, isWanted) {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('## ') && isWanted(line));
  if (first < 0) return undefined;
  const length = lines.slice(first + 1).findIndex((line) => line.startsWith('## '));
  const end = length < 0 ? lines.length : first + 1 + length;
  return lines
    .slice(first + 1, end)
    .join('\n')
    .trim();
}

/** @param {string} text @returns {string} empty: there is nothing */
const unreleased = (text) => section(text, (line) => line.trim() === UNRELEASED) ?? '';

/** @param {string} text @param {string} version */
const released = (text, version) => section(text, (line) => line.startsWith(`## ${version} - `));

/**
 * @param {string} text
 * @param {string} version
 * @param {string} date as 2026-01-31
 */
function release(text, version, date) {
  if (!/[^\s#]/.test(unreleased(text).replace(/^### .*$/gm, ''))) {
    throw new Error(`CHANGELOG.md has nothing under '${UNRELEASED}': what would ${version} be?`);
  }
  if (released(text, version) !== undefined) throw new Error(`CHANGELOG.md has ${version} already.`);
  return text.replace(UNRELEASED, `${UNRELEASED}\n\n## ${version} - ${date}`);
}

module.exports = { release, released, unreleased };
