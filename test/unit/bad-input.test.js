// What is refused: the code, the class, and a message that names the argument, the value and what is allowed. In
// process: nothing here may reach the kernel but a probe of a process that does not exist.
'use strict';

const { afterAll, describe, expect, test } = require('@jest/globals');
/** @type {any} */
const sigbridge = require('../../lib');
const { expectRefusal, thrownBy } = require('../helpers/refusals');

const listener = () => {};
// Above the highest pid_max that Linux allows.
const NOBODY = 4194305;

const dispositionsBefore = sigbridge.validSignals().map(sigbridge.disposition);
// Another test file of the same process may have had one.
const { ringCapacity } = sigbridge.stats();

afterAll(() => {
  expect(sigbridge.validSignals().map(sigbridge.disposition)).toEqual(dispositionsBefore);
  expect(sigbridge.stats()).toMatchObject({ running: false, ringCapacity });
  expect(process.listenerCount('newListener')).toBe(0);
});

/** @type {[shown: string, value: unknown, code: string, words: (string | RegExp)[]][]} */
const notASignal = [
  ["'SIGFOO'", 'SIGFOO', 'ERR_SIGNAL_INVALID', ["'SIGFOO'", 'validSignals()']],
  ["''", '', 'ERR_SIGNAL_INVALID', ["''", 'validSignals()']],
  ["'sigterm'", 'sigterm', 'ERR_SIGNAL_INVALID', ["'sigterm'", "'SIGTERM'"]],
  ['0', 0, 'ERR_SIGNAL_INVALID', [/ 0 /, 'validSignals()']],
  ['65', 65, 'ERR_SIGNAL_INVALID', [/ 65 /, 'validSignals()']],
  ['-1', -1, 'ERR_SIGNAL_INVALID', [/ -1 /, 'validSignals()']],
  ['1.5', 1.5, 'ERR_SIGNAL_INVALID', [/ 1\.5 /, 'validSignals()']],
  ['NaN', NaN, 'ERR_SIGNAL_INVALID', ['NaN', 'validSignals()']],
  ['Infinity', Infinity, 'ERR_SIGNAL_INVALID', ['Infinity', 'validSignals()']],
  ['null', null, 'ERR_INVALID_ARG_TYPE', ['name', 'number', 'null']],
  ['undefined', undefined, 'ERR_INVALID_ARG_TYPE', ['name', 'number', 'undefined']],
  ['true', true, 'ERR_INVALID_ARG_TYPE', ['name', 'number', 'true']],
  ['15n', 15n, 'ERR_INVALID_ARG_TYPE', ['name', 'number', '15n']],
  ['a symbol', Symbol('SIGTERM'), 'ERR_INVALID_ARG_TYPE', ['name', 'number', 'SIGTERM']],
  ['an object', { toString: () => 'SIGTERM' }, 'ERR_INVALID_ARG_TYPE', ['name', 'number', 'Object']],
  [
    'an object without a prototype',
    Object.create(null),
    'ERR_INVALID_ARG_TYPE',
    ['name', 'number', 'Object'],
  ],
];

describe('onSignal: the signals', () => {
  test.each(notASignal)('%s', (_shown, value, code, words) => {
    const error = thrownBy(() => sigbridge.onSignal(value, listener));
    expectRefusal(error, code, [/^signals\b/, ...words]);
  });

  test.each(notASignal)('an array with %s behind a good one', (_shown, value, code, words) => {
    const error = thrownBy(() => sigbridge.onSignal(['SIGUSR2', value], listener));
    expectRefusal(error, code, [/^signals\[1\]/, ...words]);
  });

  test('an empty array', () => {
    expectRefusal(
      thrownBy(() => sigbridge.onSignal([], listener)),
      'ERR_SIGNAL_INVALID',
      [/^signals\b/, 'empty', 'at least one'],
    );
  });

  test('an array with a hole, or inside an array', () => {
    expectRefusal(
      thrownBy(() => sigbridge.onSignal(new Array(1), listener)),
      'ERR_INVALID_ARG_TYPE',
      [/^signals\[0\]/, 'undefined'],
    );
    expectRefusal(
      thrownBy(() => sigbridge.onSignal([['SIGUSR2']], listener)),
      'ERR_INVALID_ARG_TYPE',
      [/^signals\[0\]/, 'array'],
    );
  });

  /** @type {[signals: unknown, name: string][]} */
  const uncatchable = [
    ['SIGKILL', 'SIGKILL'],
    ['SIGSTOP', 'SIGSTOP'],
    [9, 'SIGKILL'],
    [['SIGUSR2', 'SIGSTOP'], 'SIGSTOP'],
  ];

  test.each(uncatchable)('%j cannot be caught, forced or not', (signals, name) => {
    for (const options of [undefined, { force: true }]) {
      const error = thrownBy(() => sigbridge.onSignal(signals, listener, options));
      expectRefusal(error, 'ERR_SIGNAL_UNCATCHABLE', [/^signals\b/, name, 'cannot be caught']);
    }
  });

  test.each(/** @type {string[]} */ (sigbridge.reservedSignals()))('%s is reserved', (name) => {
    const error = thrownBy(() => sigbridge.onSignal(['SIGUSR2', name], listener));
    expectRefusal(error, 'ERR_SIGNAL_RESERVED', [/^signals\b/, name, 'force: true']);
  });

  (process.platform === 'linux' ? test : test.skip)(
    '32, which libc keeps, is reserved, forced or not',
    () => {
      for (const options of [undefined, { force: true }]) {
        const error = thrownBy(() => sigbridge.onSignal(32, listener, options));
        expectRefusal(error, 'ERR_SIGNAL_RESERVED', [/^signals\b/, / 32 /, 'libc']);
      }
    },
  );
});

describe('onSignal: the rest', () => {
  test.each([[undefined], [null], ['listener'], [{ handleEvent: listener }], [1]])(
    'a listener that is %p',
    (value) => {
      const error = thrownBy(() => sigbridge.onSignal('SIGUSR2', value));
      expectRefusal(error, 'ERR_INVALID_ARG_TYPE', [
        /^listener\b/,
        'function',
        typeof value === 'object' && value ? 'Object' : String(value),
      ]);
    },
  );

  test.each([
    ['options', null, 'an object'],
    ['options', 'ref', 'an object'],
    ['options.once', { once: 1 }, 'a boolean'],
    ['options.ref', { ref: 'yes' }, 'a boolean'],
    ['options.force', { force: null }, 'a boolean'],
    ['options.signal', { signal: {} }, 'an AbortSignal'],
    ['options.signal', { signal: null }, 'an AbortSignal'],
    ['options.signal', { signal: { aborted: false, addEventListener: listener } }, 'an AbortSignal'],
  ])('%s: %j', (argument, options, allowed) => {
    const error = thrownBy(() => sigbridge.onSignal('SIGUSR2', listener, options));
    expectRefusal(error, 'ERR_INVALID_ARG_TYPE', [new RegExp(`^${argument}\\b`), allowed]);
  });

  test('an AbortSignal that is aborted already', () => {
    const reason = new Error('too late');
    const error = thrownBy(() =>
      sigbridge.onSignal('SIGUSR2', listener, { signal: AbortSignal.abort(reason) }),
    );
    expectRefusal(error, 'ERR_SIGNAL_ABORTED', [/\boptions\.signal\b/]);
    expect(error.cause).toBe(reason);
  });
});

describe('once', () => {
  test.each([
    [['SIGFOO'], 'ERR_SIGNAL_INVALID', [/^signals\b/, "'SIGFOO'"]],
    [['SIGKILL'], 'ERR_SIGNAL_UNCATCHABLE', [/^signals\b/, 'SIGKILL']],
    [['SIGUSR2', 5], 'ERR_INVALID_ARG_TYPE', [/^options\b/, '5']],
    [['SIGUSR2', { timeout: -1 }], 'ERR_OUT_OF_RANGE', [/^options\.timeout\b/, /-1$/, /from 0/]],
    [['SIGUSR2', { timeout: NaN }], 'ERR_OUT_OF_RANGE', [/^options\.timeout\b/, /NaN$/]],
    [
      ['SIGUSR2', { timeout: 2 ** 31 }],
      'ERR_OUT_OF_RANGE',
      [/^options\.timeout\b/, /2147483648$/, '2147483647'],
    ],
    [['SIGUSR2', { timeout: '1' }], 'ERR_INVALID_ARG_TYPE', [/^options\.timeout\b/, "'1'", 'number']],
    [['SIGUSR2', { ref: 1 }], 'ERR_INVALID_ARG_TYPE', [/^options\.ref\b/, '1', 'boolean']],
    [['SIGUSR2', { signal: AbortSignal.abort() }], 'ERR_SIGNAL_ABORTED', [/\boptions\.signal\b/]],
  ])('%j rejects', async (args, code, words) => {
    const error = await sigbridge.once(...args).then(
      () => undefined,
      (/** @type {unknown} */ reason) => reason,
    );
    expectRefusal(error, code, words);
  });
});

test.each([[0], [-1], [1.5], [Infinity]])('signals(): a capacity of %p', (capacity) => {
  const error = thrownBy(() => sigbridge.signals('SIGUSR2', { capacity }));
  expectRefusal(error, 'ERR_OUT_OF_RANGE', [
    /^options\.capacity\b/,
    'from 1 to 2147483647',
    String(capacity),
  ]);
});

describe('every other call that takes a signal', () => {
  const calls = {
    send: (/** @type {unknown} */ signal) => sigbridge.send(NOBODY, signal),
    queue: (/** @type {unknown} */ signal) => sigbridge.queue(NOBODY, signal, 1),
    sendToThread: (/** @type {unknown} */ signal) => sigbridge.sendToThread(NOBODY, signal),
    defaultAction: sigbridge.defaultAction,
    exitCode: sigbridge.exitCode,
    raise: sigbridge.raise,
    exitBySignal: sigbridge.exitBySignal,
    disposition: sigbridge.disposition,
    signalName: sigbridge.signalName,
    signalNumber: sigbridge.signalNumber,
    describeSignal: sigbridge.describeSignal,
    isCatchable: sigbridge.isCatchable,
  };

  test.each(Object.entries(calls))('%s', (name, call) => {
    const probes = ['send', 'queue', 'sendToThread'].includes(name);
    for (const [, value, code, words] of notASignal) {
      if (value === 0 && probes) continue;
      expectRefusal(
        thrownBy(() => call(value)),
        code,
        [/^signal\b/, ...words],
      );
    }
    expectRefusal(
      thrownBy(() => call(['SIGUSR2'])),
      'ERR_INVALID_ARG_TYPE',
      [/^signal\b/, 'array'],
    );
  });
});
