// The only file that knows where the native binary and the preload library are. Loads the one that fits this process, or
// says what was found, what was tried and what to do. JS thread.
'use strict';

const path = require('node:path');
const { version } = require('../package.json');
const { SignalError } = require('./errors');
const { target } = require('./target');

/** @typedef {import('./native').Native} Native */

// Declared by the binary; an older runtime would crash on it, uncatchably, rather than refuse it.
const NAPI_VERSION = 8;

// What the package brings.
const TARGETS = [
  ...['linux-x64', 'linux-arm64', 'linux-musl-x64', 'linux-musl-arm64'],
  ...['darwin-x64', 'darwin-arm64', 'freebsd-x64'],
];

const LOCAL = '../build/Release';

// npm may install one version of this package at several places. Two binaries are two hubs, which would share real-time
// signals between them and take the handler from each other: whoever comes later in this realm takes the first one's.
const SHARED = Symbol.for(`sigbridge ${version}`);

/**
 * Each name in full, so that bundlers and `bun build --compile` see what to take along; by platform and processor, so
 * that they see what to leave out; inside `try`, so that they go on where somebody has taken the others away.
 * @param {string} name the target
 * @param {Failure[]} failures
 * @returns {Native | undefined}
 */
function shipped(name, failures) {
  try {
    if (process.platform === 'linux') {
      if (process.arch === 'x64') {
        if (name === 'linux-musl-x64') return require('../prebuilds/linux-musl-x64.node');
        return require('../prebuilds/linux-x64.node');
      }
      if (process.arch === 'arm64') {
        if (name === 'linux-musl-arm64') return require('../prebuilds/linux-musl-arm64.node');
        return require('../prebuilds/linux-arm64.node');
      }
    }
    if (process.platform === 'darwin') {
      if (process.arch === 'x64') return require('../prebuilds/darwin-x64.node');
      if (process.arch === 'arm64') return require('../prebuilds/darwin-arm64.node');
    }
    if (process.platform === 'freebsd') {
      if (process.arch === 'x64') return require('../prebuilds/freebsd-x64.node');
    }
  } catch (error) {
    failures.push({ what: `prebuilds/${name}.node`, error });
  }
  return undefined;
}

/** @typedef {{ what: string, error: unknown }} Failure */

/**
 * @param {string} file
 * @param {Failure[]} failures
 * @returns {Native | undefined}
 */
function fileAt(file, failures) {
  try {
    // Not a literal: a bundler would look for it, and a package has none.
    return require(file);
  } catch (error) {
    failures.push({ what: file, error });
    return undefined;
  }
}

/**
 * A binary that was made here comes after the package's own unless it is asked for: one that was once made and
 * forgotten must not stand in front of those that a newer version brings.
 * @param {string} name the target
 * @param {Failure[]} failures
 */
function firstThatLoads(name, failures) {
  const { SIGBRIDGE_BINARY, SIGBRIDGE_BUILD } = process.env;
  if (SIGBRIDGE_BINARY) return fileAt(path.resolve(SIGBRIDGE_BINARY), failures);
  const local = path.join(__dirname, LOCAL, 'sigbridge.node');
  if (SIGBRIDGE_BUILD === 'local') return fileAt(local, failures);
  return shipped(name, failures) ?? fileAt(local, failures);
}

/** @param {Failure} failure */
function told({ what, error }) {
  // Bun's is no Error. Node's names in its further lines every file that asked for it.
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  const isAbsent = /MODULE_NOT_FOUND$/.test(String(code));
  return `${what} (${isAbsent ? 'it is not there' : message.split('\n')[0]})`;
}

/** @returns {string} */
function runtime() {
  const { bun, deno, node, napi } = process.versions;
  const name = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
  return `${name}, Node-API ${napi ?? 'none'}`;
}

/** @param {string} name the target */
function advice(name) {
  if (process.env.SIGBRIDGE_BINARY)
    return 'SIGBRIDGE_BINARY names this file; unset it to use the one that comes with the package.';
  if (process.env.SIGBRIDGE_BUILD === 'local')
    return "SIGBRIDGE_BUILD=local asks for what 'npm run build' makes in a clone; unset it to use the package's own.";
  if (!TARGETS.includes(name))
    return `The package brings ${TARGETS.join(', ')}. README ("When it does not load") tells how to build one for ${name}.`;
  return 'Was the package installed on another platform, bundled or copied without its prebuilds folder? Install it again here; in a clone, \'npm run build\' makes one. README, "When it does not load", has more.';
}

/** @returns {Native} */
function load() {
  // Whoever names a binary means that one.
  if (process.env.SIGBRIDGE_BINARY) return loadFitting();
  const global = /** @type {{ [SHARED]?: Native }} */ (globalThis);
  const value = global[SHARED] ?? loadFitting();
  // Refused where globalThis is frozen, and so be it.
  Reflect.defineProperty(global, SHARED, { value, configurable: true });
  return value;
}

/** @returns {Native} */
function loadFitting() {
  if (process.platform === 'win32') {
    throw new SignalError(
      'ERR_UNSUPPORTED',
      'sigbridge: Windows has no POSIX signals; only the import works there',
    );
  }
  if (Number(process.versions.napi ?? 0) < NAPI_VERSION) {
    throw new SignalError(
      'ERR_UNSUPPORTED',
      `sigbridge needs Node-API ${NAPI_VERSION}; this runtime is ${runtime()}`,
    );
  }
  const name = target();
  /** @type {Failure[]} */
  const failures = [];
  const binding = firstThatLoads(name, failures);
  if (binding !== undefined) return binding;
  throw new SignalError(
    'ERR_ADDON_LOAD',
    `sigbridge: no native binary for ${name} (${runtime()}). Tried: ${failures.map(told).join('; ')}. ${advice(name)}`,
    // The first one is the one that should have been it.
    { cause: failures[0].error },
  );
}

/**
 * Where the library for LD_PRELOAD may be, the best first: beside the binary that load() would take.
 * @returns {string[]}
 */
function preloadFiles() {
  const suffix = process.platform === 'darwin' ? '.dylib' : '.so';
  const built = `sigbridge_preload${suffix}`;
  const { SIGBRIDGE_BINARY, SIGBRIDGE_BUILD } = process.env;
  if (SIGBRIDGE_BINARY) return [path.join(path.resolve(SIGBRIDGE_BINARY), '..', built)];
  const local = path.join(__dirname, LOCAL, built);
  if (SIGBRIDGE_BUILD === 'local') return [local];
  return [path.join(__dirname, `../prebuilds/${target()}-preload${suffix}`), local];
}

module.exports = { TARGETS, load, preloadFiles };
