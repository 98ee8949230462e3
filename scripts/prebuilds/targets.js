// The platforms that the package carries a binary for, and how each file of theirs is called.
'use strict';

const path = require('node:path');

const names = [
  ...['linux-x64', 'linux-arm64', 'linux-musl-x64', 'linux-musl-arm64'],
  ...['darwin-x64', 'darwin-arm64', 'freebsd-x64'],
];

/** All that must be in prebuilds/ of a package. */
const fileNames = names.map((name) => `${name}.node`);

/** @param {string} root @returns {string} */
const folderIn = (root) => path.join(root, 'prebuilds');

module.exports = { fileNames, folderIn, names };
