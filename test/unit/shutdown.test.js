// What createShutdown and its methods refuse: the code, and a message that names the argument, the value and what is
// allowed. In process, without a signal.
'use strict';

const { afterEach, expect, test } = require('@jest/globals');
/** @type {any} */
const sigbridge = require('../../lib');
const { createShutdown } = sigbridge;

/** @type {any} */
let shutdown;
afterEach(() => {
  shutdown?.close();
  shutdown = undefined;
  expect(sigbridge.stats()).toMatchObject({ running: false });
});

const TYPE = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

/** @type {[shown: string, options: unknown, expected: object, words: string[]][]} */
const refused = [
  ['no object', 5, TYPE, ['options', '5']],
  ['timeout -1', { timeout: -1 }, RANGE, ['options.timeout', 'more than 0', '-1']],
  ['timeout 0', { timeout: 0 }, RANGE, ['options.timeout', 'more than 0', '0']],
  ['timeout NaN', { timeout: NaN }, RANGE, ['options.timeout', 'NaN']],
  ['timeout Infinity', { timeout: Infinity }, RANGE, ['options.timeout', 'Infinity']],
  ["timeout '1s'", { timeout: '1s' }, TYPE, ['options.timeout', 'milliseconds', "'1s'"]],
  ['heartbeat 0', { heartbeat: 0 }, RANGE, ['options.heartbeat', 'more than 0']],
  [
    "secondSignal 'never'",
    { secondSignal: 'never' },
    RANGE,
    ['options.secondSignal', "'force', 'ignore'", "'never'"],
  ],
  ['secondSignal 1', { secondSignal: 1 }, TYPE, ['options.secondSignal', 'a function', '1']],
  ['exit 256', { exit: 256 }, RANGE, ['options.exit', '0 to 255', '256']],
  ['exit -1', { exit: -1 }, RANGE, ['options.exit', '-1']],
  ["exit 'now'", { exit: 'now' }, RANGE, ['options.exit', "'signal', 'code'", "'now'"]],
  ['exit true', { exit: true }, TYPE, ['options.exit', 'true']],
  ['phases', { phases: 'a' }, TYPE, ['options.phases', "'a'"]],
  ['phases twice', { phases: ['a', 'a'] }, RANGE, ['options.phases', "'a'"]],
  ['phases of no names', { phases: [1] }, TYPE, ['options.phases[0]', '1']],
  ['uncaughtException', { uncaughtException: 1 }, TYPE, ['options.uncaughtException', '1']],
  ['unhandledRejection', { unhandledRejection: 'no' }, TYPE, ['options.unhandledRejection', "'no'"]],
  ['SIGKILL', { signals: ['SIGKILL'] }, { code: 'ERR_SIGNAL_UNCATCHABLE' }, ['SIGKILL']],
  ['SIGSEGV', { signals: 'SIGSEGV' }, { code: 'ERR_SIGNAL_RESERVED' }, ['SIGSEGV']],
  ['SIGFOO', { signals: 'SIGFOO' }, { code: 'ERR_SIGNAL_INVALID' }, ['SIGFOO']],
];

/** @param {() => unknown} call @param {object} expected @param {string[]} words */
function expectRefusal(call, expected, words) {
  let error;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject(expected);
  for (const word of words) expect(/** @type {Error} */ (error).message).toContain(word);
}

test.each(refused)('createShutdown: %s', (_shown, options, expected, words) => {
  expectRefusal(() => createShutdown(options), expected, words);
});

test('add', () => {
  shutdown = createShutdown({ signals: [], phases: ['drain', 'close'] });
  shutdown.add('taken', () => {});
  const fn = () => {};
  expectRefusal(() => shutdown.add(1, fn), TYPE, ['name', '1']);
  expectRefusal(() => shutdown.add('', fn), RANGE, ['name', 'empty']);
  expectRefusal(() => shutdown.add('taken', fn), RANGE, ['name', "'taken'"]);
  expectRefusal(() => shutdown.add('a'), TYPE, ['fn', 'undefined']);
  expectRefusal(() => shutdown.add('a', fn, { phase: 'last' }), RANGE, [
    'options.phase',
    "'drain', 'close'",
    "'last'",
  ]);
  expectRefusal(() => shutdown.add('a', fn, { phase: NaN }), RANGE, ['options.phase', 'NaN']);
  expectRefusal(() => shutdown.add('a', fn, { phase: true }), TYPE, ['options.phase', 'true']);
  expectRefusal(() => shutdown.add('a', fn, { timeout: -5 }), RANGE, ['options.timeout', '-5']);
  // What is refused has not taken its name.
  expect(shutdown.add('a', fn, { phase: 'close' })).toBe(shutdown);
});

test('server and child', () => {
  shutdown = createShutdown({ signals: [] });
  for (const one of [undefined, null, 5, {}, { close() {} }]) {
    expectRefusal(() => shutdown.server(one), TYPE, ['server', 'Bun.serve']);
    expectRefusal(() => shutdown.child(one), TYPE, ['child', 'child_process']);
  }
  const child = { kill() {}, once() {} };
  expectRefusal(() => shutdown.child(child, { signal: 'SIGFOO' }), { code: 'ERR_SIGNAL_INVALID' }, [
    'options.signal',
  ]);
  expectRefusal(() => shutdown.child(child, { timeout: 0 }), RANGE, ['options.timeout']);
  shutdown.child(child).child(child);
  expectRefusal(() => shutdown.add('child 2', () => {}), RANGE, ["'child 2'"]);
});

test('one at a time', () => {
  shutdown = createShutdown({ signals: [] });
  expectRefusal(() => createShutdown({ signals: [] }), { code: 'ERR_SIGNAL_CONFLICT' }, ['close()']);
  expect(shutdown).toMatchObject({ state: 'running', ready: true, remaining: null, signals: [] });
  expect(shutdown.signal.aborted).toBe(false);
});
