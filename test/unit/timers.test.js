// Timers and counters: what is refused, and with which words. In process: no timer is started, nothing is subscribed.
'use strict';

const { afterAll, describe, expect, test } = require('@jest/globals');
/** @type {any} */
const sigbridge = require('../../lib');

const { SignalError, alarm, counter, createTimer, getitimer, setitimer } = sigbridge;
const timer = createTimer();
// Another test file of the same process may have had one.
const { ringCapacity } = sigbridge.stats();

afterAll(() => {
  timer.close();
  expect(['real', 'virtual', 'prof'].map((which) => getitimer(which).value)).toEqual([0, 0, 0]);
  expect(sigbridge.stats()).toMatchObject({ running: false, ringCapacity });
});

const CLASSES = { ERR_INVALID_ARG_TYPE: TypeError, ERR_OUT_OF_RANGE: RangeError };

/** @type {[call: string, run: () => unknown, code: string, words: (string | RegExp)[]][]} */
const refused = [
  ['alarm()', () => alarm(), 'ERR_INVALID_ARG_TYPE', [/^seconds\b/, 'seconds', 'undefined']],
  ["alarm('1')", () => alarm('1'), 'ERR_INVALID_ARG_TYPE', [/^seconds\b/, "'1'"]],
  ['alarm(1n)', () => alarm(1n), 'ERR_INVALID_ARG_TYPE', ['1n']],
  ['alarm(0.5)', () => alarm(0.5), 'ERR_OUT_OF_RANGE', [/^seconds\b/, 'whole', '0\\.5']],
  ['alarm(-1)', () => alarm(-1), 'ERR_OUT_OF_RANGE', ['from 0', '-1']],
  ['alarm(NaN)', () => alarm(NaN), 'ERR_OUT_OF_RANGE', ['NaN']],
  ['alarm(2 ** 31)', () => alarm(2 ** 31), 'ERR_OUT_OF_RANGE', ['2147483647', '2147483648']],
  ['setitimer()', () => setitimer(), 'ERR_INVALID_ARG_TYPE', [/^which\b/, "'real', 'virtual', 'prof'"]],
  ["setitimer('cpu')", () => setitimer('cpu', { value: 1 }), 'ERR_OUT_OF_RANGE', [/^which\b/, "'cpu'"]],
  ["setitimer('real')", () => setitimer('real'), 'ERR_INVALID_ARG_TYPE', [/^times\b/, '{value, interval}']],
  ["setitimer('real', 5)", () => setitimer('real', 5), 'ERR_INVALID_ARG_TYPE', [/^times\b/, '5']],
  ['setitimer {}', () => setitimer('real', {}), 'ERR_INVALID_ARG_TYPE', [/^times\.value\b/, 'milliseconds']],
  ['setitimer NaN', () => setitimer('real', { value: NaN }), 'ERR_OUT_OF_RANGE', [/^times\.value\b/, 'NaN']],
  ['setitimer -1', () => setitimer('prof', { value: -1 }), 'ERR_OUT_OF_RANGE', ['from 0', '-1']],
  [
    'setitimer Infinity',
    () => setitimer('real', { value: Infinity }),
    'ERR_OUT_OF_RANGE',
    ['2147483647000', 'Infinity'],
  ],
  [
    'setitimer with a bad interval',
    () => setitimer('real', { value: 1000, interval: '5' }),
    'ERR_INVALID_ARG_TYPE',
    [/^times\.interval\b/, "'5'"],
  ],
  ["getitimer('x')", () => getitimer('x'), 'ERR_OUT_OF_RANGE', [/^which\b/, "'x'"]],
  ['createTimer(1)', () => createTimer(1), 'ERR_INVALID_ARG_TYPE', [/^options\b/, '1']],
  [
    'createTimer of no signal',
    () => createTimer({ signal: 'SIGFOO' }),
    'ERR_SIGNAL_INVALID',
    [/^options\.signal\b/, 'SIGFOO'],
  ],
  [
    'createTimer with a long value',
    () => createTimer({ value: 2 ** 31 }),
    'ERR_OUT_OF_RANGE',
    [/^options\.value\b/, '2147483648'],
  ],
  [
    'createTimer with a text',
    () => createTimer({ value: '1' }),
    'ERR_INVALID_ARG_TYPE',
    [/^options\.value\b/, "'1'"],
  ],
  [
    'createTimer on no clock',
    () => createTimer({ clock: 'sundial' }),
    'ERR_OUT_OF_RANGE',
    [/^options\.clock\b/, "'monotonic'", "'sundial'"],
  ],
  ['createTimer on 1', () => createTimer({ clock: 1 }), 'ERR_INVALID_ARG_TYPE', [/^options\.clock\b/]],
  ['start()', () => timer.start(), 'ERR_INVALID_ARG_TYPE', [/^times\b/, 'undefined']],
  [
    'start with 0',
    () => timer.start({ value: 0, interval: 5 }),
    'ERR_OUT_OF_RANGE',
    [/^times\.value\b/, 'stop\\(\\)', '0'],
  ],
  ['start with NaN', () => timer.start({ value: NaN }), 'ERR_OUT_OF_RANGE', [/^times\.value\b/, 'NaN']],
  ['counter()', () => counter(), 'ERR_INVALID_ARG_TYPE', [/^signals\b/, 'undefined']],
  ['counter([])', () => counter([]), 'ERR_SIGNAL_INVALID', [/^signals\b/, 'empty']],
  [
    "counter(['SIGUSR2', 'SIGKILL'])",
    () => counter(['SIGUSR2', 'SIGKILL']),
    'ERR_SIGNAL_UNCATCHABLE',
    ['SIGKILL'],
  ],
  ["counter('SIGSEGV')", () => counter('SIGSEGV'), 'ERR_SIGNAL_RESERVED', ['SIGSEGV', 'force']],
  [
    'counter with {force: 1}',
    () => counter('SIGUSR2', { force: 1 }),
    'ERR_INVALID_ARG_TYPE',
    [/^options\.force\b/],
  ],
  [
    'counter with {signal: {}}',
    () => counter('SIGUSR2', { signal: {} }),
    'ERR_INVALID_ARG_TYPE',
    [/^options\.signal\b/, 'AbortSignal'],
  ],
  [
    'counter that is aborted',
    () => counter('SIGUSR2', { signal: AbortSignal.abort() }),
    'ERR_SIGNAL_ABORTED',
    ['options\\.signal'],
  ],
];

describe('refused', () => {
  test.each(refused)('%s', (_call, run, code, words) => {
    /** @type {any} */
    let error;
    try {
      run();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CLASSES[/** @type {keyof typeof CLASSES} */ (code)] ?? SignalError);
    expect(error.code).toBe(code);
    for (const word of words) expect(error.message).toMatch(new RegExp(word));
  });
});
