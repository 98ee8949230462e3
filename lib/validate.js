// Arguments in, checked values out. Everything the native side is given has been through here. JS thread.
'use strict';

const { native } = require('./binding');
const { SignalError, argumentType, outOfRange, show } = require('./errors');

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/**
 * @param {string} name of the argument
 * @param {unknown} value
 * @param {string} [hint]
 */
function noSuchSignal(name, value, hint) {
  return new SignalError(
    'ERR_SIGNAL_INVALID',
    `${name}: no signal ${show(value)} on ${process.platform}${hint ? `; did you mean '${hint}'?` : '; see validSignals()'}`,
  );
}

/**
 * 'term', 'TERM' and 'sigterm' are refused, but the error says what to write.
 * @param {string} text
 */
function suggestion(text) {
  const upper = text.trim().toUpperCase();
  return [upper, `SIG${upper}`].find((name) => native().numberOf(name) !== 0);
}

// Names that were looked up: crossing to the native side costs more than a mask call may.
/** @type {Map<string, number>} */
const known = new Map();

/** @param {string} name */
function lookUp(name) {
  let signo = known.get(name);
  if (signo === undefined) {
    signo = native().numberOf(name);
    if (signo !== 0) known.set(name, signo);
  }
  return signo;
}

/**
 * @param {unknown} value a name or a number
 * @param {string} name of the argument
 * @returns {number}
 */
function toSignalNumber(value, name) {
  if (typeof value === 'string') {
    const signo = lookUp(value);
    if (signo === 0) throw noSuchSignal(name, value, suggestion(value));
    return signo;
  }
  if (typeof value !== 'number') throw argumentType(name, 'a signal name or number', value);
  const { max, rtMin } = native().signalTable();
  if (!Number.isInteger(value) || value < 1 || value > max) throw noSuchSignal(name, value);
  /** @type {string} */
  const itsName = native().nameOf(value);
  if (itsName === '') {
    if (value < rtMin) throw reserved(name, String(value), 'libc keeps it for its threads');
    throw noSuchSignal(name, value);
  }
  return value;
}

/**
 * @param {unknown} value
 * @param {string} name of the argument
 */
function toSignalName(value, name) {
  return native().nameOf(toSignalNumber(value, name));
}

/**
 * @param {string} argument
 * @param {string} signal
 * @param {string} why
 */
function reserved(argument, signal, why) {
  return new SignalError('ERR_SIGNAL_RESERVED', `${argument}: ${signal} is reserved: ${why}`);
}

/**
 * One or many; each once, in the order given.
 * @param {unknown} value
 * @param {{ mayBeEmpty?: boolean }} [options]
 * @returns {number[]}
 */
function toSignalNumbers(value, { mayBeEmpty = false } = {}) {
  if (!Array.isArray(value)) {
    if (typeof value === 'string' || typeof value === 'number') return [toSignalNumber(value, 'signals')];
    throw argumentType('signals', 'a signal name, a number, or an array of them', value);
  }
  if (value.length === 0 && !mayBeEmpty) {
    throw new SignalError('ERR_SIGNAL_INVALID', 'signals: an empty array names no signal; give at least one');
  }
  // Array.from visits holes too; map would let them through.
  return [...new Set(Array.from(value, (entry, index) => toSignalNumber(entry, `signals[${index}]`)))];
}

/**
 * A signal that may be caught, blocked, or have its disposition changed.
 * @param {string} argument
 * @param {number} signo
 * @param {{ force?: boolean, suspendToo?: boolean }} [allowed] reserved ones, and of them the runtime's suspend signal;
 *   `force` undefined: there is no asking for them
 */
function mustBeTakeable(argument, signo, { force, suspendToo = false } = {}) {
  const name = native().nameOf(signo);
  if (name === 'SIGKILL' || name === 'SIGSTOP') {
    throw new SignalError(
      'ERR_SIGNAL_UNCATCHABLE',
      `${argument}: ${name} cannot be caught, blocked or ignored (POSIX)`,
    );
  }
  const suspends = native().suspendSignal() === signo;
  if ((force && (suspendToo || !suspends)) || !require('./reserved').reservedSignals().includes(name)) return;
  const why = suspends
    ? 'this runtime suspends its threads with it'
    : 'a fault of the running instruction cannot wait for JavaScript';
  const forcible = force !== undefined && (suspendToo || !suspends);
  const remedy = forcible ? '; {force: true} takes it all the same' : '';
  throw reserved(argument, name, `${why}${remedy}`);
}

/**
 * Signals that may be subscribed to.
 * @param {unknown} value
 * @param {boolean} force take reserved ones too
 */
function toCatchableSignals(value, force) {
  const numbers = toSignalNumbers(value);
  for (const signo of numbers) mustBeTakeable('signals', signo, { force, suspendToo: true });
  return numbers;
}

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
  mustBeTakeable,
  toAbortSignal,
  toCatchableSignals,
  toChoice,
  toCount,
  toFlag,
  toFunction,
  toInt32,
  toMicroseconds,
  toOptions,
  toSeconds,
  toSignalName,
  toSignalNumber,
  toSignalNumbers,
  toSyncFunction,
  toTimeout,
  toValueBits,
};
