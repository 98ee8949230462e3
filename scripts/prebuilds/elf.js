// Reads from an ELF file (64 bit, little endian) what binary-facts.js asks for.
'use strict';

/** @typedef {import('./binary-facts').Facts} Facts */

// Linkers leave the field for the system at 0 in libraries, on Linux and on FreeBSD: the libc that is wanted tells.
const ABIS = new Map([
  [3, 'Linux'],
  [9, 'FreeBSD'],
]);
const MACHINES = new Map([
  [62, 'x86_64'],
  [183, 'aarch64'],
]);
const SHT_DYNAMIC = 6;
const SHT_DYNSYM = 11;
const SHT_SYMTAB = 2;
const SHT_VERNEED = 0x6ffffffe;
const DT_NEEDED = 1n;
const DT_FLAGS_1 = 0x6ffffffbn;
const DF_1_NODELETE = 8n;

/** @param {Buffer} file */
function sectionsOf(file) {
  const offset = Number(file.readBigUInt64LE(40));
  const size = file.readUInt16LE(58);
  const count = file.readUInt16LE(60);
  return Array.from({ length: count }, (_, index) => {
    const at = offset + index * size;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
      info: file.readUInt32LE(at + 44),
    };
  });
}

/** @typedef {ReturnType<typeof sectionsOf>[number]} Section */

/** @param {Buffer} file @param {Section} strings @param {number} at */
function stringAt(file, strings, at) {
  const begin = strings.offset + at;
  return file.toString('latin1', begin, file.indexOf(0, begin));
}

/** @param {Buffer} file @param {Section[]} sections */
function dynamicOf(file, sections) {
  const section = sections.find((one) => one.type === SHT_DYNAMIC);
  const libraries = [];
  let flags = 0n;
  for (let at = section?.offset ?? 0; section && at < section.offset + section.size; at += 16) {
    const value = file.readBigUInt64LE(at + 8);
    const tag = file.readBigUInt64LE(at);
    if (tag === DT_NEEDED) libraries.push(stringAt(file, sections[section.link], Number(value)));
    if (tag === DT_FLAGS_1) flags = value;
  }
  return { libraries, stays: (flags & DF_1_NODELETE) !== 0n };
}

/** @param {Buffer} file @param {Section[]} sections */
function symbolsOf(file, sections) {
  const section = sections.find((one) => one.type === SHT_DYNSYM);
  /** @type {string[]} */
  const exported = [];
  /** @type {string[]} */
  const imported = [];
  // The first symbol is none.
  for (let at = (section?.offset ?? 0) + 24; section && at < section.offset + section.size; at += 24) {
    const name = stringAt(file, sections[section.link], file.readUInt32LE(at));
    const isLocal = file[at + 4] >> 4 === 0;
    if (isLocal) continue;
    (file.readUInt16LE(at + 6) === 0 ? imported : exported).push(name);
  }
  return { exported, imported };
}

/** "GLIBC_2.17" and the like. @param {Buffer} file @param {Section[]} sections */
function versionsOf(file, sections) {
  const section = sections.find((one) => one.type === SHT_VERNEED);
  /** @type {string[]} */
  const versions = [];
  if (!section) return versions;
  let at = section.offset;
  for (let library = 0; library < section.info; library++) {
    let inner = at + file.readUInt32LE(at + 8);
    for (let left = file.readUInt16LE(at + 2); left > 0; left--) {
      versions.push(stringAt(file, sections[section.link], file.readUInt32LE(inner + 8)));
      inner += file.readUInt32LE(inner + 12);
    }
    at += file.readUInt32LE(at + 12);
  }
  return versions;
}

/** @param {Buffer} file @returns {Facts} */
function readElf(file) {
  if (file[4] !== 2 || file[5] !== 1) throw new Error('an ELF file, but not of 64 bits, little endian');
  const sections = sectionsOf(file);
  const dynamic = dynamicOf(file, sections);
  return {
    system: ABIS.get(file[7]) ?? (dynamic.libraries.includes('libc.so.7') ? 'FreeBSD' : 'Linux'),
    machine: MACHINES.get(file.readUInt16LE(18)) ?? `machine ${file.readUInt16LE(18)}`,
    isLibrary: file.readUInt16LE(16) === 3,
    isStripped: !sections.some((section) => section.type === SHT_SYMTAB),
    isSigned: false,
    oldestSystem: null,
    ...dynamic,
    ...symbolsOf(file, sections),
    versions: versionsOf(file, sections),
  };
}

module.exports = { readElf };
