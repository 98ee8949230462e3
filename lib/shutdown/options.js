// The options of createShutdown() and its methods, checked. JS thread.
'use strict';

const { argumentType, outOfRange } = require('../errors');
const { toNotifier } = require('../notify');
const { toChoice, toFlag, toFunction, toOptions } = require('../validate');
const { toCatchableSignals } = require('../validate-signal');

/** @typedef {import('../../binding').SignalInfo} SignalInfo */

const LONGEST = 2 ** 31 - 1;
// Below the 10 s after which `docker stop` sends SIGKILL.
const TIMEOUT = 9_000;
// The other ends, as the native side numbers them; a code is itself.
const BY_SIGNAL = -1;
const BY_SIGNALS_CODE = -2;

/**
 * @param {unknown} value
 * @param {string} name of the argument
 * @returns {number}
 */
function toDuration(value, name) {
  if (typeof value !== 'number') throw argumentType(name, 'a number of milliseconds', value);
  if (!(value > 0) || value > LONGEST)
    throw outOfRange(name, `more than 0, at most ${LONGEST} milliseconds`, value);
  return value;
}

/** @param {unknown} value */
function toEnd(value) {
  if (value === 'signal') return BY_SIGNAL;
  if (value === 'code') return BY_SIGNALS_CODE;
  const allowed = "'signal', 'code' or an exit code from 0 to 255";
  if (typeof value !== 'number' && typeof value !== 'string')
    throw argumentType('options.exit', allowed, value);
  if (typeof value === 'string' || !Number.isInteger(value) || value < 0 || value > 255) {
    throw outOfRange('options.exit', allowed, value);
  }
  return value;
}

/**
 * @param {unknown} value
 * @returns {'force' | 'ignore' | ((info: SignalInfo) => unknown)}
 */
function toSecondSignal(value) {
  if (typeof value === 'function') return toFunction(value, 'options.secondSignal');
  const allowed = /** @type {const} */ (['force', 'ignore']);
  if (typeof value !== 'string') {
    throw argumentType('options.secondSignal', "'force', 'ignore' or a function", value);
  }
  return allowed[toChoice(value, 'options.secondSignal', allowed)];
}

/** @param {unknown} value */
function toPhases(value) {
  if (!Array.isArray(value)) throw argumentType('options.phases', 'an array of names', value);
  const names = Array.from(value, (entry, index) => toName(entry, `options.phases[${index}]`));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw outOfRange('options.phases', 'names that differ', twice);
  return names;
}

/**
 * @param {unknown} value
 * @param {string} argument
 * @returns {string}
 */
function toName(value, argument) {
  if (typeof value !== 'string') throw argumentType(argument, 'a name', value);
  if (value === '') throw outOfRange(argument, 'not empty', value);
  return value;
}

/** @param {unknown} [options] */
function toShutdownOptions(options) {
  const given = toOptions(/** @type {Record<string, unknown>} */ (options));
  const { signals = ['SIGTERM', 'SIGINT'] } = given;
  return {
    // None: it is begun by hand alone.
    signos: Array.isArray(signals) && signals.length === 0 ? [] : toCatchableSignals(signals, false),
    timeout: toDuration(given.timeout ?? TIMEOUT, 'options.timeout'),
    secondSignal: toSecondSignal(given.secondSignal ?? 'force'),
    end: toEnd(given.exit ?? 'signal'),
    phases: given.phases === undefined ? undefined : toPhases(given.phases),
    heartbeat: given.heartbeat === undefined ? 0 : toDuration(given.heartbeat, 'options.heartbeat'),
    uncaughtException: toFlag(given.uncaughtException, 'uncaughtException'),
    unhandledRejection: toFlag(given.unhandledRejection, 'unhandledRejection'),
    notify: toNotifier(given.notify, ['stopping', 'extendTimeout']),
  };
}

module.exports = { BY_SIGNAL, BY_SIGNALS_CODE, toDuration, toName, toShutdownOptions };
