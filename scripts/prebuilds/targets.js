// The platforms that the package carries a binary for, and how each file of theirs is called.
'use strict';

const path = require('node:path');

/**
 * @typedef {{ name: string, triple: string, system: 'Linux' | 'Darwin' | 'FreeBSD', machine: 'x86_64' | 'aarch64',
 *   libc: 'glibc' | 'musl' | 'system' }} Target
 * `triple`: the compiler's word for it, with the oldest system that the binary is to run on.
 */

/** @type {Target[]} */
const targets = [
  // glibc 2.28: what Node 20's own binaries need.
  { name: 'linux-x64', triple: 'x86_64-linux-gnu.2.28', system: 'Linux', machine: 'x86_64', libc: 'glibc' },
  {
    name: 'linux-arm64',
    triple: 'aarch64-linux-gnu.2.28',
    system: 'Linux',
    machine: 'aarch64',
    libc: 'glibc',
  },
  { name: 'linux-musl-x64', triple: 'x86_64-linux-musl', system: 'Linux', machine: 'x86_64', libc: 'musl' },
  {
    name: 'linux-musl-arm64',
    triple: 'aarch64-linux-musl',
    system: 'Linux',
    machine: 'aarch64',
    libc: 'musl',
  },
  { name: 'darwin-x64', triple: 'x86_64-macos.11.0', system: 'Darwin', machine: 'x86_64', libc: 'system' },
  {
    name: 'darwin-arm64',
    triple: 'aarch64-macos.11.0',
    system: 'Darwin',
    machine: 'aarch64',
    libc: 'system',
  },
  {
    name: 'freebsd-x64',
    triple: 'x86_64-freebsd.14.0',
    system: 'FreeBSD',
    machine: 'x86_64',
    libc: 'system',
  },
];

const GLIBC_FLOOR = '2.28';

/** @param {Target} target */
function filesOf({ name, system }) {
  return { addon: `${name}.node`, preload: `${name}-preload.${system === 'Darwin' ? 'dylib' : 'so'}` };
}

/** All that must be in prebuilds/ of a package. */
const fileNames = targets.flatMap((target) => Object.values(filesOf(target)));

/** @param {string} root @returns {string} */
const folderIn = (root) => path.join(root, 'prebuilds');

module.exports = { GLIBC_FLOOR, fileNames, filesOf, folderIn, targets };
