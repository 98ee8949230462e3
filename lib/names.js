// What signals are for and what they do: default actions, exit codes, groups. Every list is asked of the platform when
// it is first looked at. JS thread.
'use strict';

const { native } = require('./binding');
const { argumentType, outOfRange } = require('./errors');
const { validSignals } = require('./signals');
const { FAULTS, toSignalNumber } = require('./validate-signal');

/** @typedef {import('../binding').SignalName} SignalName */

// What a shell reports for a program that a signal has ended.
const EXIT_BASE = 128;

/** @param {string | number} signal */
function defaultAction(signal) {
  const signo = toSignalNumber(signal, 'signal');
  const row = native()
    .signalTable()
    .signals.find(([, number]) => number === signo);
  // Real-time signals are in no table; POSIX lets all of them terminate.
  return row === undefined ? 'terminate' : row[2];
}

/** @param {string | number} signal */
function exitCode(signal) {
  return EXIT_BASE + toSignalNumber(signal, 'signal');
}

/**
 * @param {number} code
 * @returns {SignalName | null}
 */
function signalFromExitCode(code) {
  if (typeof code !== 'number') throw argumentType('code', 'a number', code);
  if (!Number.isInteger(code) || code < 0 || code > 255) {
    throw outOfRange('code', 'an exit code, a whole number from 0 to 255', code);
  }
  const { max } = native().signalTable();
  const signo = code - EXIT_BASE;
  if (signo < 1 || signo > max) return null;
  return native().nameOf(signo) || null;
}

/** @type {Record<string, (name: SignalName) => boolean>} */
const MEMBERS = {
  // Sent by people, shells and service managers to ask a program to end: it may clean up first.
  terminating: (name) => ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT'].includes(name),
  // SIGCHLD, which tells of it, stops and continues nothing.
  jobControl: (name) => ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGCONT'].includes(name),
  realTime: (name) => name.startsWith('SIGRT'),
  faults: (name) => FAULTS.includes(name),
};

/** @type {Map<string, readonly SignalName[]>} */
const found = new Map();

/** @param {string} group */
function members(group) {
  let names = found.get(group);
  if (names === undefined) {
    names = Object.freeze(validSignals().filter(MEMBERS[group]));
    found.set(group, names);
  }
  return names;
}

const signalGroups = Object.freeze({
  get terminating() {
    return members('terminating');
  },
  get jobControl() {
    return members('jobControl');
  },
  get realTime() {
    return members('realTime');
  },
  get faults() {
    return members('faults');
  },
});

module.exports = { defaultAction, exitCode, signalFromExitCode, signalGroups };
