// The trace: what has happened to signals in this process, for a person to read. Recorded and formatted by the native
// side; here are the arguments. JS thread; one trace a process.
'use strict';

const { check, native } = require('./binding');
const { argumentType, outOfRange } = require('./errors');
const runtimeListeners = require('./runtime-listeners');
const { toChoice, toOptions } = require('./validate');
const { mustBeTakeable, toSignalNumber } = require('./validate-signal');

const SMALLEST = 16;
const LARGEST = 2 ** 20;
const FORMATS = /** @type {const} */ (['object', 'json', 'text']);
const TEXT = 2;
const STANDARD_ERROR = 2;

// The signal whose process.on this environment announces because of a trace; 0: none.
let announced = 0;

/** @param {number} signo that is announced from now on, and was begun to be; 0: none */
function announceOnly(signo) {
  if (announced !== 0) runtimeListeners.afterUnsubscribe([announced]);
  announced = signo;
}

/**
 * @param {unknown} value
 * @param {string} name of the argument
 * @param {number} least
 * @param {number} most
 */
function toWholeNumber(value, name, least, most) {
  if (typeof value !== 'number') throw argumentType(name, 'a number', value);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw outOfRange(name, `a whole number from ${least} to ${most}`, value);
  }
  return value;
}

/** @param {unknown} value @returns {number} 0: none */
function toDumpSignal(value) {
  if (value === undefined) return 0;
  const signo = toSignalNumber(value, 'options.dumpOn');
  mustBeTakeable('options.dumpOn', signo);
  const { rtMin, rtMax } = native().signalTable();
  // The kernel keeps those when JavaScript is stuck and behind with them.
  if (signo >= rtMin && signo <= rtMax) {
    throw outOfRange('options.dumpOn', 'a standard signal, not a real-time one', value);
  }
  return signo;
}

const trace = {
  /** @param {{ capacity?: unknown, dumpOn?: unknown, fd?: unknown }} [options] */
  start(options) {
    const given = toOptions(options);
    const capacity = toWholeNumber(given.capacity ?? 4096, 'options.capacity', SMALLEST, LARGEST);
    const signo = toDumpSignal(given.dumpOn);
    const fd = toWholeNumber(given.fd ?? STANDARD_ERROR, 'options.fd', 0, 2 ** 31 - 1);
    if (signo === 0) {
      check(native().traceStart(capacity, 0, fd, 0));
    } else {
      runtimeListeners.beforeSubscribe([signo]);
      try {
        check(native().traceStart(capacity, signo, fd, runtimeListeners.state(signo)), `${fd}`);
      } catch (error) {
        runtimeListeners.afterUnsubscribe([signo]);
        throw error;
      }
    }
    announceOnly(signo);
  },

  stop() {
    native().traceStop();
    announceOnly(0);
  },

  /** @param {{ format?: unknown }} [options] @returns {any} */
  dump(options) {
    const { format = 'object' } = toOptions(options);
    const choice = toChoice(format, 'options.format', FORMATS);
    const dumped = native().traceDump(choice === TEXT);
    return choice === 0 ? JSON.parse(dumped) : dumped;
  },
};

module.exports = { trace };
