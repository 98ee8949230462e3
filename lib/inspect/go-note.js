// Whether a file of native code carries a Go runtime, by the note that Go's linker leaves in every library and program,
// stripped ones too. JS thread. For this process itself the native side asks the dynamic linker (runtime_code.cc).
'use strict';

const fs = require('node:fs');

const { O_NONBLOCK, O_RDONLY } = fs.constants;
const PT_NOTE = 4;
const GO_BUILD_ID = 4;
// Notes are some hundred bytes: more is none of ours to read.
const LONGEST = 65_536;

/**
 * @param {Buffer} notes
 * @returns {boolean}
 */
function hasGoNote(notes) {
  /** @param {number} size */
  const padded = (size) => (size + 3) & ~3;
  for (let at = 0; at + 12 <= notes.length; ) {
    const [nameSize, size, type] = [0, 4, 8].map((field) => notes.readUInt32LE(at + field));
    if (type === GO_BUILD_ID && nameSize === 4 && notes.toString('latin1', at + 12, at + 16) === 'Go\0\0')
      return true;
    const next = at + 12 + padded(nameSize) + padded(size);
    if (next <= at) break;
    at = next;
  }
  return false;
}

/**
 * @param {number} fd
 * @param {number} at
 * @param {number} size
 */
function readAt(fd, at, size) {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, size, at));
}

/** @param {number} fd @returns {boolean | null | undefined} undefined: not ELF; null: not of a kind that we can read */
function goInElf(fd) {
  const header = readAt(fd, 0, 64);
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const is64LittleEndian = header[4] === 2 && header[5] === 1;
  if (!is64LittleEndian || header.length < 64) return null;
  const [entrySize, entries] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = readAt(fd, Number(header.readBigUInt64LE(32)), entrySize * entries);
  for (let at = 0; at + 56 <= table.length; at += entrySize) {
    if (table.readUInt32LE(at) !== PT_NOTE) continue;
    const size = Math.min(Number(table.readBigUInt64LE(at + 32)), LONGEST);
    if (hasGoNote(readAt(fd, Number(table.readBigUInt64LE(at + 8)), size))) return true;
  }
  return false;
}

/**
 * @param {string[]} files of the same content: the first that can be read counts
 * @returns {boolean | null | undefined} null: not to be known; undefined: it is no native code at all
 */
function carriesGo(files) {
  for (const file of files) {
    let fd;
    try {
      // What another process has mapped may be anything, a pipe by now: that must not make us wait.
      fd = fs.openSync(file, O_RDONLY | O_NONBLOCK);
      if (fs.fstatSync(fd).isFile()) return goInElf(fd);
    } catch {
      // Not ours to read, gone, or broken: the next one.
    } finally {
      if (fd !== undefined) fs.closeSync(fd);
    }
  }
  return null;
}

module.exports = { carriesGo, hasGoNote };
