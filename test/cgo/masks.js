// Signal masks as the kernel prints them, compared with what a protected thread is to block. Jest side only.
'use strict';

const os = require('node:os');

const { signals } = os.constants;
const KEPT_OPEN = [
  'SIGKILL',
  'SIGSTOP',
  'SIGSEGV',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGTRAP',
  'SIGSYS',
  'SIGABRT',
];
// A Go runtime opens these on its own threads, whatever mask they begin with; 34 is the first real-time signal.
const OPENED_BY_GO = [34, ...numbersOf(['SIGURG', 'SIGPROF', 'SIGCHLD', 'SIGSTKFLT'])];
const REALTIME = Array.from({ length: 64 - 34 + 1 }, (_, index) => 34 + index);

/** @param {string[]} names */
function numbersOf(names) {
  return names.map((name) => signals[/** @type {NodeJS.Signals} */ (name)]);
}

/**
 * The signals that a runtime suspends its threads with.
 * @param {Pick<import('./runtimes').Runtime, 'kind' | 'version'>} runtime
 */
function suspendSignals({ kind, version }) {
  if (kind !== 'bun') return [];
  return version.startsWith('1.1.') ? ['SIGUSR1'] : ['SIGPWR'];
}

/**
 * Numbers of the signals that a thread is to block: all but the faults, the runtime's own and `open`.
 * @param {Pick<import('./runtimes').Runtime, 'kind' | 'version'>} runtime
 * @param {number[]} [open]
 */
function blockable(runtime, open = []) {
  const left = new Set([...numbersOf([...KEPT_OPEN, ...suspendSignals(runtime)]), ...open]);
  return [...new Set([...Object.values(signals), ...REALTIME])].filter((number) => !left.has(number));
}

/**
 * Which of `numbers` are open in a mask.
 * @param {string | bigint} mask hexadecimal, as in /proc, or the number
 * @param {number[]} numbers
 */
function openOf(mask, numbers) {
  const bits = typeof mask === 'bigint' ? mask : BigInt(`0x${mask}`);
  return numbers.filter((number) => ((bits >> BigInt(number - 1)) & 1n) === 0n);
}

module.exports = { OPENED_BY_GO, blockable, numbersOf, openOf, suspendSignals };
