// What a native library says about itself: for what machine it is, what it offers and what it wants.
'use strict';

const fs = require('node:fs');
const { readElf } = require('./elf');
const { readMachO } = require('./macho');

/**
 * @typedef {{
 *   system: string,
 *   machine: string,
 *   isLibrary: boolean,
 *   isStripped: boolean,
 *   isSigned: boolean,
 *   stays: boolean,
 *   oldestSystem: string | null,
 *   libraries: string[],
 *   exported: string[],
 *   imported: string[],
 *   versions: string[],
 * }} Facts
 * `versions`: of the symbols it wants, "GLIBC_2.17" say. `stays`: it is not unmapped when it is closed.
 */

/** @param {string} path @returns {Facts} */
function readFacts(path) {
  const file = fs.readFileSync(path);
  const magic = file.length > 64 ? file.readUInt32LE(0) : 0;
  if (magic === 0x464c457f) return readElf(file);
  if (magic === 0xfeedfacf) return readMachO(file);
  throw new Error('neither ELF nor Mach-O of 64 bits');
}

/** @param {string[]} versions @param {string} family @returns {string | null} the highest, "2.17" */
function highestVersion(versions, family) {
  const numbers = versions
    .filter((version) => version.startsWith(`${family}_`))
    .map((version) => version.slice(family.length + 1));
  return numbers.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? null;
}

module.exports = { highestVersion, readFacts };
