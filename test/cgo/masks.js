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
 * Numbers of the signals that a thread is to block: all but the faults, the runtime's own and `open`.
 * @param {'node' | 'bun' | 'deno'} kind
 * @param {number[]} [open]
 */
function blockable(kind, open = []) {
  const left = new Set([...numbersOf([...KEPT_OPEN, ...(kind === 'bun' ? ['SIGPWR'] : [])]), ...open]);
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

module.exports = { OPENED_BY_GO, blockable, openOf };
