// Arguments in, checked values out: all but signals, which validate-signal.js has. Everything the native side is given has been
// through one of the two. JS thread.
'use strict';

const { argumentType, outOfRange } = require('./errors');

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/**
 * @param {unknown} value
 * @param {string} name of the argument
 * @param {number} [least] where not every int32 is allowed
 * @returns {number}
 */
function toInt32(value, name, least = INT32_MIN) {
  if (typeof value !== 'number') throw argumentType(name, 'a number', value);
  if (!Number.isInteger(value) || value < least || value > INT32_MAX) {
    throw outOfRange(name, `a whole number from ${least} to ${INT32_MAX}`, value);
  }
  return value;
}

/**
 * The bits of a signal's payload: an int32 as C's sival_int, or 64 bits, signed or unsigned.
 * @param {unknown} value
 * @param {string} [name] of the argument
 * @returns {bigint}
 */
function toValueBits(value, name = 'value') {
  if (typeof value === 'bigint') {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw outOfRange(name, 'a bigint of 64 bits, or a number of 32', value);
    }
    return BigInt.asUintN(64, value);
  }
  if (typeof value !== 'number') throw argumentType(name, 'a number (int32) or a bigint (64 bits)', value);
  return BigInt.asUintN(32, BigInt(toInt32(value, name)));
}

/**
 * @param {unknown} value
 * @param {string} name of the argument
 * @returns {(...args: any[]) => any}
 */
function toFunction(value, name) {
  if (typeof value !== 'function') throw argumentType(name, 'a function', value);
  return /** @type {any} */ (value);
}

/**
 * @template {object} T
 * @param {T | undefined} value
 * @returns {Partial<T>}
 */
function toOptions(value) {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null) throw argumentType('options', 'an object', value);
  return value;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {boolean}
 */
function toFlag(value, name) {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw argumentType(`options.${name}`, 'a boolean', value);
  return value;
}

/**
 * By what it can do, not by its class: Jest and others bring their own.
 * @param {unknown} value
 * @returns {AbortSignal | undefined}
 */
function toAbortSignal(value) {
  if (value === undefined) return undefined;
  const needed = ['aborted', 'addEventListener', 'removeEventListener'];
  if (typeof value !== 'object' || value === null || !needed.every((property) => property in value)) {
    throw argumentType('options.signal', 'an AbortSignal', value);
  }
  return /** @type {AbortSignal} */ (value);
}

/**
 * @param {unknown} value in ms
 * @param {string} [name] of the argument
 * @returns {number | undefined}
 */
function toTimeout(value, name = 'options.timeout') {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw argumentType(name, 'a number of milliseconds', value);
  if (!(value >= 0) || value > INT32_MAX) {
    throw outOfRange(name, `from 0 to ${INT32_MAX} milliseconds`, value);
  }
  return value;
}

/**
 * @param {unknown} value
 * @param {string} name of the argument
 * @returns {number}
 */
function toCount(value, name) {
  if (typeof value !== 'number') throw argumentType(name, 'a number', value);
  if (!Number.isInteger(value) || value < 0 || value > INT32_MAX) {
    throw outOfRange(name, `a whole number from 0 to ${INT32_MAX}`, value);
  }
  return value;
}

const AsyncFunction = (async () => {}).constructor;

/**
 * Of a function that runs between two native calls, what can be told before it runs: after its first await it would
 * run outside of them.
 * @param {unknown} value
 * @param {string} why
 * @returns {(...args: any[]) => any}
 */
function toSyncFunction(value, why) {
  const fn = toFunction(value, 'fn');
  if (fn instanceof AsyncFunction) throw argumentType('fn', `a synchronous function (${why})`, value);
  return fn;
}

/**
 * @template T
 * @param {T} result of `fn`
 * @param {unknown} fn
 * @returns {T}
 */
function mustBeSync(result, fn) {
  if (
    typeof result === 'object' &&
    result !== null &&
    typeof (/** @type {any} */ (result).then) === 'function'
  ) {
    throw argumentType('fn', 'a synchronous function; it has returned a promise', fn);
  }
  return result;
}

// As far as a 32-bit time_t reaches.
const MAX_SECONDS = INT32_MAX;

/**
 * Whole seconds, as alarm(2) takes them.
 * @param {unknown} value
 * @param {string} name of the argument
 * @returns {number}
 */
function toSeconds(value, name) {
  if (typeof value !== 'number') throw argumentType(name, 'a number of seconds', value);
  if (!Number.isInteger(value) || value < 0 || value > MAX_SECONDS) {
    throw outOfRange(name, `a whole number of seconds from 0 to ${MAX_SECONDS}`, value);
  }
  return value;
}

/**
 * Milliseconds in, whole microseconds out. Any time above 0 is one microsecond at least: 0 has a meaning of its own.
 * @param {unknown} value
 * @param {string} name of the argument
 * @returns {number}
 */
function toMicroseconds(value, name) {
  if (typeof value !== 'number') throw argumentType(name, 'a number of milliseconds', value);
  if (!(value >= 0) || value > MAX_SECONDS * 1000) {
    throw outOfRange(name, `from 0 to ${MAX_SECONDS * 1000} milliseconds`, value);
  }
  return value === 0 ? 0 : Math.max(1, Math.round(value * 1000));
}

/**
 * @template {string} T
 * @param {unknown} value
 * @param {string} name of the argument
 * @param {readonly T[]} allowed
 * @returns {number} its place among them
 */
function toChoice(value, name, allowed) {
  const shown = allowed.map((one) => `'${one}'`).join(', ');
  if (typeof value !== 'string') throw argumentType(name, `one of ${shown}`, value);
  const index = allowed.indexOf(/** @type {T} */ (value));
  if (index < 0) throw outOfRange(name, `one of ${shown}`, value);
  return index;
}

module.exports = {
  mustBeSync,
  toAbortSignal,
  toChoice,
  toCount,
  toFlag,
  toFunction,
  toInt32,
  toMicroseconds,
  toOptions,
  toSeconds,
  toSyncFunction,
  toTimeout,
  toValueBits,
};
