// Names and numbers of this platform's signals, as the native table has them. JS thread.
'use strict';

const { native } = require('./binding');
const { reservedSignals, toSignalNumber, toSignalName } = require('./validate-signal');

/** @typedef {import('../binding').SignalName} SignalName */

/** @returns {SignalName[]} lowest number first, real-time signals last */
function validSignals() {
  const { signals, rtMin, rtMax } = native().signalTable();
  const numbers = signals.map(([, number]) => number).sort((a, b) => a - b);
  for (let signo = rtMin; signo <= rtMax; signo++) numbers.push(signo);
  return numbers.map((signo) => native().nameOf(signo));
}

/** @param {string | number} signal */
function signalNumber(signal) {
  return toSignalNumber(signal, 'signal');
}

/** @param {string | number} signal */
function signalName(signal) {
  return toSignalName(signal, 'signal');
}

/** @param {string | number} signal */
function describeSignal(signal) {
  return native().describe(toSignalNumber(signal, 'signal'));
}

/** @param {string | number} signal */
function isCatchable(signal) {
  const name = toSignalName(signal, 'signal');
  return name !== 'SIGKILL' && name !== 'SIGSTOP';
}

module.exports = {
  describeSignal,
  isCatchable,
  reservedSignals,
  signalName,
  signalNumber,
  validSignals,
};
