// Signals as arguments: names, numbers and arrays of them in, the platform's numbers out, and who may take them. JS thread.
'use strict';

const { native } = require('./binding');
const { SignalError, argumentType, show } = require('./errors');

/** @typedef {import('../binding').SignalName} SignalName */

// Raised by the instruction that runs: returning from a handler repeats it, so nobody can wait for them in JS.
/** @type {SignalName[]} */
const FAULTS = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS', 'SIGABRT'];

/** @returns {SignalName[]} nobody's to take without force */
function reservedSignals() {
  const suspend = native().suspendSignal();
  return suspend === 0 ? [...FAULTS] : [...FAULTS, native().nameOf(suspend)];
}

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
  if ((force && (suspendToo || !suspends)) || !reservedSignals().includes(name)) return;
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

module.exports = {
  FAULTS,
  mustBeTakeable,
  reservedSignals,
  toCatchableSignals,
  toSignalName,
  toSignalNumber,
  toSignalNumbers,
};
