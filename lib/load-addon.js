// loadAddon(): require() of a native addon under guard(), with one kind of error. JS thread.
'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { SignalError, argumentType, outOfRange } = require('./errors');
const { guard } = require('./guard');
const { toOptions } = require('./validate');

/**
 * @param {string} pathOrSpecifier a file, or what require() would take
 * @param {{ from?: string | URL, harden?: boolean }} [options]
 * @returns {any}
 */
function loadAddon(pathOrSpecifier, options) {
  if (typeof pathOrSpecifier !== 'string') throw argumentType('pathOrSpecifier', 'a string', pathOrSpecifier);
  const { from = `${process.cwd()}${path.sep}`, ...guardOptions } = toOptions(options);
  if (typeof from !== 'string' && !(from instanceof URL)) {
    throw argumentType('options.from', 'a file name, a file: URL or import.meta.url', from);
  }
  if (typeof from === 'string' && !path.isAbsolute(from) && !from.startsWith('file:')) {
    throw outOfRange('options.from', 'an absolute file name or a file: URL', from);
  }
  /** @type {string} */
  let file = pathOrSpecifier;
  try {
    const require = createRequire(from);
    file = require.resolve(pathOrSpecifier);
    return guard(() => require(file), guardOptions);
  } catch (error) {
    if (/** @type {any} */ (error)?.code === 'ERR_INVALID_ARG_TYPE') throw error;
    throw new SignalError(
      'ERR_ADDON_LOAD',
      `cannot load ${show(pathOrSpecifier, file)}: ${reason(error, file)}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * @param {string} asked
 * @param {string} found
 */
function show(asked, found) {
  return asked === found ? `'${asked}'` : `'${asked}' (${found})`;
}

/**
 * @param {unknown} error
 * @param {string} file
 */
function reason(error, file) {
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  if (path.isAbsolute(file) && !fs.existsSync(file)) return 'no such file';
  return message;
}

module.exports = { loadAddon };
