// Loads Go in each of the ways that are compared. Runs in Node, Bun and Deno.
'use strict';

const path = require('node:path');

/**
 * @param {string} mode none, launcher (protected from outside), mask (a guard alone), guard, harden; library and
 *   library-unguarded: the plain library, opened by another addon as an FFI does
 * @param {string} file the Go addon
 */
function load(mode, file) {
  if (mode === 'none' || mode === 'launcher') return require(file);
  const { guard, harden, loadAddon } = require('../../../../lib/index.js');
  if (mode === 'mask') return loadAddon(file, { harden: false });
  if (mode === 'guard') return loadAddon(file);
  if (mode === 'harden') {
    harden();
    return require(file);
  }
  if (!mode.startsWith('library')) throw new Error(`no mode '${mode}'`);
  const loader = require(path.join(path.dirname(file), 'loader.node'));
  const open = () => loader.open(path.join(path.dirname(file), 'library.so'));
  if (mode === 'library') guard(open);
  else open();
  return loader;
}

module.exports = { load };
