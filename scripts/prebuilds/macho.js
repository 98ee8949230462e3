// Reads from a Mach-O file (64 bit, one architecture) what binary-facts.js asks for.
'use strict';

/** @typedef {import('./binary-facts').Facts} Facts */

const MACHINES = new Map([
  [0x01000007, 'x86_64'],
  [0x0100000c, 'aarch64'],
]);
const MH_DYLIB = 6;
const LC_SYMTAB = 0x2;
const LC_LOAD_DYLIB = 0xc;
const LC_CODE_SIGNATURE = 0x1d;
const LC_BUILD_VERSION = 0x32;
const LC_VERSION_MIN_MACOSX = 0x24;

const N_STAB = 0xe0;
const N_PEXT = 0x10;
const N_TYPE = 0x0e;
const N_EXT = 0x01;

/** @param {number} packed */
const version = (packed) => `${packed >>> 16}.${(packed >>> 8) & 0xff}`;

/** @param {Buffer} file @param {number} at */
const text = (file, at) => file.toString('latin1', at, file.indexOf(0, at));

/** @param {Buffer} file @param {number} command where LC_SYMTAB is @param {Facts} facts */
function addSymbols(file, command, facts) {
  const symbols = file.readUInt32LE(command + 8);
  const count = file.readUInt32LE(command + 12);
  const strings = file.readUInt32LE(command + 16);
  for (let at = symbols; at < symbols + count * 16; at += 16) {
    const type = file[at + 4];
    // Names of C have an underscore in front.
    const name = text(file, strings + file.readUInt32LE(at)).replace(/^_/, '');
    if ((type & N_STAB) !== 0 || (type & N_EXT) === 0) facts.isStripped = facts.isStripped && name === '';
    else if ((type & N_TYPE) === 0) facts.imported.push(name);
    else if ((type & N_PEXT) === 0) facts.exported.push(name);
  }
}

/** @param {Buffer} file @returns {Facts} */
function readMachO(file) {
  const machine = file.readUInt32LE(4);
  /** @type {Facts} */
  const facts = {
    system: 'Darwin',
    machine: MACHINES.get(machine) ?? `machine ${machine}`,
    isLibrary: file.readUInt32LE(12) === MH_DYLIB,
    isStripped: true,
    isSigned: false,
    // dyld closes no library that it has bound weak symbols of; load.cc pins ours in any case.
    stays: true,
    oldestSystem: null,
    libraries: [],
    exported: [],
    imported: [],
    versions: [],
  };
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const command = file.readUInt32LE(at);
    if (command === LC_SYMTAB) addSymbols(file, at, facts);
    if (command === LC_LOAD_DYLIB) facts.libraries.push(text(file, at + file.readUInt32LE(at + 8)));
    if (command === LC_CODE_SIGNATURE) facts.isSigned = true;
    if (command === LC_BUILD_VERSION) facts.oldestSystem = version(file.readUInt32LE(at + 12));
    if (command === LC_VERSION_MIN_MACOSX) facts.oldestSystem = version(file.readUInt32LE(at + 8));
    at += file.readUInt32LE(at + 4);
  }
  return facts;
}

module.exports = { readMachO };
