// The native functions, set up for this runtime and by the environment's settings. Nothing is loaded until native() is
// first called.
'use strict';

const { systemError } = require('./errors');

/** @typedef {import('./native').Native} Native */

/** @type {Native | undefined} */
let loaded;

const BACKENDS = ['', 'self-pipe', 'signalfd'];

// libuv empties the mask in a child; Bun and Deno leave it the one of the thread that spawns it. Whoever asks for the
// backend that needs masks has them there too.
const childrenInheritMask =
  (process.versions.bun !== undefined || process.versions.deno !== undefined) &&
  process.env.SIGBRIDGE_BACKEND !== 'signalfd';

/**
 * A size from the environment: what is not a positive whole number is ignored, said once.
 * @param {string} name
 */
function sizeSetting(name) {
  const text = process.env[name];
  if (text === undefined || text === '') return 0;
  const size = Number(text);
  if (Number.isInteger(size) && size > 0 && size <= 1 << 24) return size;
  warn(`${name} must be a whole number from 1 to ${1 << 24}; got '${text}': ignored`);
  return 0;
}

/** @returns {number} as the native side counts them: 0 the runtime's usual one */
function backendSetting() {
  const text = process.env.SIGBRIDGE_BACKEND ?? '';
  const backend = BACKENDS.indexOf(text);
  if (backend < 0) warn(`SIGBRIDGE_BACKEND must be 'self-pipe' or 'signalfd'; got '${text}': ignored`);
  return Math.max(backend, 0);
}

/** @param {string} message */
function warn(message) {
  // An Error with a code of its own: Bun drops the code that emitWarning is given as an option.
  process.emitWarning(Object.assign(new Error(message), { name: 'Warning', code: 'SIGBRIDGE_SETTING' }));
}

/**
 * The native functions, loaded and told about the runtime on the first call.
 * @returns {Native}
 */
function native() {
  if (loaded !== undefined) return loaded;
  const binding = require('./binary').load();
  // What the first calls need. Now, not in the middle of one: there may be no descriptor left then to read a file with.
  require('./child-watcher');
  require('./disposition');
  const { bun, deno } = process.versions;
  binding.setRuntime(deno !== undefined, bun !== undefined, childrenInheritMask);
  binding.configure(
    sizeSetting('SIGBRIDGE_RING_CAPACITY') || 16384,
    sizeSetting('SIGBRIDGE_PIPE_CAPACITY'),
    backendSetting(),
  );
  loaded = binding;
  return binding;
}

/**
 * Throws what a native function reported.
 * @param {import('./native').Failure | undefined} failure
 * @param {string} [what] the arguments, for the reader of the message
 */
function check(failure, what) {
  if (failure !== undefined) throw systemError(failure, what);
}

module.exports = { check, childrenInheritMask, native };
