// docs/conformance.md says which test holds each assertion: those tests have to be there.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { expect, test } = require('@jest/globals');

const ROOT = path.resolve(__dirname, '../..');
const FOLDERS = ['test/process', 'test/unit', 'test/native'];
const text = fs.readFileSync(path.join(ROOT, 'docs/conformance.md'), 'utf8');

/** A cell says: `file`: "name", and perhaps more names. */
const CITED = /`([\w-]+(?:\.test\.js|_test\.cc))`:((?: "[^"]+",?)+)/g;
const cited = [...text.matchAll(CITED)].flatMap(([, file, names]) =>
  [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => ({ file, name })),
);

/** @param {string} file @returns {string} nothing where it is not there */
function source(file) {
  const found = FOLDERS.map((folder) => path.join(ROOT, folder, file)).find((one) => fs.existsSync(one));
  return found === undefined ? '' : fs.readFileSync(found, 'utf8');
}

test('every test that docs/conformance.md names is there', () => {
  expect(cited.length).toBeGreaterThan(60);
  expect(cited.filter(({ file, name }) => !source(file).includes(name))).toEqual([]);
});

test('every file it names is named with its tests', () => {
  const files = text.match(/`[\w-]+(?:\.test\.js|_test\.cc)`(?!:)/g) ?? [];
  expect(files).toEqual([]);
});

test('every assertion passes in a test, or cannot apply and says why', () => {
  const rows = text.split('\n').filter((line) => /^\| (?!Assertion|---)/.test(line));
  const bad = rows.filter((row) => {
    const [, , where, result] = row.split('|').map((cell) => cell.trim());
    return !(result === 'passes' ? where.startsWith('`') : /^cannot apply: \S/.test(result) && where === '-');
  });
  expect(bad).toEqual([]);
  expect(rows.length).toBeGreaterThan(60);
});
