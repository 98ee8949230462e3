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

/**
 * @param {unknown} value a name or a number
 * @param {string} name of the argument
 * @returns {number}
 */
function toSignalNumber(value, name) {
  if (typeof value === 'string') {
    const signo = native().numberOf(value);
    if (signo === 0) throw noSuchSignal(name, value, suggestion(value));
    return signo;
  }
  if (typeof value !== 'number') throw argumentType(name, 'a signal name or number', value);
  const { max, rtMin } = native().signalTable();
  if (!Number.isInteger(value) || value < 1 || value > max) throw noSuchSignal(name, value);
  /** @type {string} */
  const known = native().nameOf(value);
  if (known === '') {
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
 * @returns {number[]}
 */
function toSignalNumbers(value) {
  if (!Array.isArray(value)) {
    if (typeof value === 'string' || typeof value === 'number') return [toSignalNumber(value, 'signals')];
    throw argumentType('signals', 'a signal name, a number, or an array of them', value);
  }
  if (value.length === 0) {
    throw new SignalError('ERR_SIGNAL_INVALID', 'signals: an empty array names no signal; give at least one');
  }
  // Array.from visits holes too; map would let them through.
  return [...new Set(Array.from(value, (entry, index) => toSignalNumber(entry, `signals[${index}]`)))];
}

/**
 * A signal whose disposition may be changed.
 * @param {string} argument
 * @param {number} signo
 * @param {{ force: boolean, suspendToo: boolean }} allowed reserved ones; of them, the runtime's suspend signal
 */
function mustBeTakeable(argument, signo, { force, suspendToo }) {
  const { reservedSignals } = require('./signals');
  const name = native().nameOf(signo);
  if (name === 'SIGKILL' || name === 'SIGSTOP') {
    throw new SignalError(
      'ERR_SIGNAL_UNCATCHABLE',
      `${argument}: ${name} cannot be caught, blocked or ignored (POSIX)`,
    );
  }
  const suspends = native().suspendSignal() === signo;
  if ((force && (suspendToo || !suspends)) || !reservedSignals().includes(name)) return;
  const why = suspends
    ? 'this runtime suspends its threads with it'
    : 'a fault of the running instruction cannot wait for JavaScript';
  const remedy = suspends && !suspendToo ? '' : '; {force: true} takes it all the same';
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
 * @returns {number}
 */
function toInt32(value, name) {
  if (typeof value !== 'number') throw argumentType(name, 'a number', value);
  if (!Number.isInteger(value) || value < INT32_MIN || value > INT32_MAX) {
    throw outOfRange(name, `a whole number from ${INT32_MIN} to ${INT32_MAX}`, value);
  }
  return value;
}

/**
 * The bits of a signal's payload: an int32 as C's sival_int, or 64 bits, signed or unsigned.
 * @param {unknown} value
 * @returns {bigint}
 */
function toValueBits(value) {
  if (typeof value === 'bigint') {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw outOfRange('value', 'a bigint of 64 bits, or a number of 32', value);
    }
    return BigInt.asUintN(64, value);
  }
  if (typeof value !== 'number') throw argumentType('value', 'a number (int32) or a bigint (64 bits)', value);
  return BigInt.asUintN(32, BigInt(toInt32(value, 'value')));
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
 * @returns {number | undefined}
 */
function toTimeout(value) {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw argumentType('options.timeout', 'a number of milliseconds', value);
  if (!(value >= 0) || value > INT32_MAX) {
    throw outOfRange('options.timeout', `from 0 to ${INT32_MAX} milliseconds`, value);
  }
  return value;
}

module.exports = {
  mustBeTakeable,
  toAbortSignal,
  toCatchableSignals,
  toFlag,
  toFunction,
  toInt32,
  toOptions,
  toSignalName,
  toSignalNumber,
  toSignalNumbers,
  toTimeout,
  toValueBits,
};
