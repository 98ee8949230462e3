// Which signals are nobody's to take without force. JS thread.
'use strict';

const { native } = require('./binding');

/** @typedef {import('../binding').SignalName} SignalName */

// Raised by the instruction that runs: returning from a handler repeats it, so nobody can wait for them in JS.
/** @type {SignalName[]} */
const FAULTS = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS', 'SIGABRT'];

/** @returns {SignalName[]} refused by onSignal unless forced */
function reservedSignals() {
  const suspend = native().suspendSignal();
  return suspend === 0 ? [...FAULTS] : [...FAULTS, native().nameOf(suspend)];
}

module.exports = { FAULTS, reservedSignals };
