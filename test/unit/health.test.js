// Health: the thresholds, and what is refused. In process: nothing is subscribed, no child is waited for.
'use strict';

const { afterAll, describe, expect, test } = require('@jest/globals');
const levels = require('../../lib/health-levels');
/** @type {any} */
const sigbridge = require('../../lib');

const { SignalError, createHealthReporter, reapOrphans, stats } = sigbridge;

// Another test file of the same process may have had one.
const { ringCapacity } = stats();

afterAll(() => expect(stats()).toMatchObject({ running: false, ringCapacity }));

describe('levels', () => {
  test.each([
    [0, 'ok'],
    [100, 'ok'],
    [100.5, 'warning'],
    [1000, 'warning'],
    [1001, 'critical'],
  ])('latency of %d ms: %s', (ms, level) => {
    expect(levels.verdict(levels.latency('latency', ms)).level).toBe(level);
  });

  test.each([
    [0, 0, 'ok'],
    [5, 100, 'ok'],
    [6, 100, 'warning'],
    [10, 100, 'warning'],
    [11, 100, 'critical'],
    [1, 1, 'critical'],
  ])('%d failed of %d: %s', (failed, all, level) => {
    expect(levels.verdict(levels.failures('loss', failed, all)).level).toBe(level);
  });

  test('a handler that is not ours, and the worst of several reasons', () => {
    expect(levels.displaced([])).toEqual([]);
    expect(levels.displaced(['SIGUSR2'])).toEqual([
      { metric: 'handlers', level: 'warning', value: 1, limit: 0, signals: ['SIGUSR2'] },
    ]);
    const reasons = [...levels.latency('loop', 200), ...levels.displaced(['SIGUSR2', 'SIGTERM'])];
    expect(levels.verdict(reasons)).toEqual({ level: 'critical', reasons });
    expect(reasons[0]).toEqual({ metric: 'loop', level: 'warning', value: 200, limit: 100 });
  });

  test('a queue that is nearly full, or has no room at all, and what is made anew', () => {
    const levelOf = (/** @type {[number, number] | undefined} */ use) =>
      levels.verdict(levels.queue(use)).level;
    expect([undefined, [0, 8], [6, 8]].map((use) => levelOf(/** @type {any} */ (use)))).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect([levelOf([7, 8]), levelOf([8, 8]), levelOf([0, 0])]).toEqual(['warning', 'critical', 'critical']);
    expect(levels.recovery(0)).toEqual([]);
    expect(levels.recovery(2)).toEqual([{ metric: 'recovery', level: 'warning', value: 2, limit: 0 }]);
  });

  test('what counts is what has grown in the last minute or two', () => {
    const at = (/** @type {number} */ s, /** @type {number} */ received, dropped = 0) =>
      levels.recent(
        { received, dropped, taken: received, overflow: dropped, restarts: 0 },
        (process.uptime() + s) * 1000,
      );
    expect(at(1, 100, 50)).toMatchObject({ received: 100, dropped: 50 });
    expect(at(2, 100, 50)).toMatchObject({ received: 100, dropped: 50 });
    at(70, 100, 50);
    expect(at(75, 110, 50)).toMatchObject({ received: 110, dropped: 50 });
    at(140, 120, 50);
    expect(at(145, 130, 50)).toMatchObject({ received: 30, dropped: 0, taken: 30, overflow: 0 });
  });

  test('of a program that subscribes to nothing', () => {
    const recovery = { retries: 0, restarts: 0, degradations: 0 };
    expect(stats().health).toEqual({
      level: 'ok',
      reasons: [],
      recovery: { level: 'normal', missing: [], ...recovery, lastFailure: null },
    });
  });
});

const fn = () => {};
/** @type {[call: string, options: unknown, code: string, words: string[]][]} */
const refused = [
  ['1', 1, 'ERR_INVALID_ARG_TYPE', ['options', 'an object', '1']],
  ['a signal that is none', { signal: 'SIGFOO' }, 'ERR_SIGNAL_INVALID', ['SIGFOO']],
  ['SIGKILL', { signal: 'SIGKILL' }, 'ERR_SIGNAL_UNCATCHABLE', ['SIGKILL']],
  ['SIGSEGV', { signal: 'SIGSEGV' }, 'ERR_SIGNAL_RESERVED', ['SIGSEGV']],
  [
    'an output that is an object',
    { output: {} },
    'ERR_INVALID_ARG_TYPE',
    ['options.output', 'a path', 'Object'],
  ],
  ['no path', { output: '' }, 'ERR_OUT_OF_RANGE', ['options.output', "''"]],
  ['a path with a NUL', { output: 'a\0b' }, 'ERR_OUT_OF_RANGE', ['options.output']],
  ['a descriptor below 0', { output: -1 }, 'ERR_OUT_OF_RANGE', ['options.output', 'descriptor', '-1']],
  ['half a descriptor', { output: 1.5 }, 'ERR_OUT_OF_RANGE', ['options.output', '1.5']],
  ['a closed descriptor', { output: 100_000 }, 'ERR_SIGNAL_SYSTEM', ['fcntl(100000)', 'EBADF']],
  ['a URL', { output: new URL('http://localhost/') }, 'ERR_OUT_OF_RANGE', ['options.output', 'file: URL']],
  ['a format', { format: 'xml' }, 'ERR_OUT_OF_RANGE', ['options.format', "'json', 'text'", "'xml'"]],
  ['checks in an array', { checks: [fn] }, 'ERR_INVALID_ARG_TYPE', ['options.checks', 'by name', 'array']],
  ['a check that is text', { checks: { db: 'up' } }, 'ERR_INVALID_ARG_TYPE', ['options.checks.db', "'up'"]],
  [
    'a check without run',
    { checks: { db: {} } },
    'ERR_INVALID_ARG_TYPE',
    ['options.checks.db.run', 'function'],
  ],
  [
    "a check's timeout",
    { checks: { db: { run: fn, timeout: -5 } } },
    'ERR_OUT_OF_RANGE',
    ['options.checks.db.timeout', 'milliseconds', '-5'],
  ],
  ['timeout: 0', { timeout: 0 }, 'ERR_OUT_OF_RANGE', ['options.timeout', '0']],
  ['timeout: NaN', { timeout: Number.NaN }, 'ERR_OUT_OF_RANGE', ['options.timeout', 'NaN']],
  ['stuckAfter: true', { stuckAfter: true }, 'ERR_INVALID_ARG_TYPE', ['options.stuckAfter', 'true']],
  ['stuckAfter: 0', { stuckAfter: 0 }, 'ERR_OUT_OF_RANGE', ['options.stuckAfter', '0']],
  ['a shutdown without state', { shutdown: {} }, 'ERR_INVALID_ARG_TYPE', ['options.shutdown', 'state']],
  ['ref: 1', { ref: 1 }, 'ERR_INVALID_ARG_TYPE', ['options.ref', 'boolean', '1']],
];

/** @type {[call: string, options: unknown, code: string, words: string[]][]} */
const refusedByReaper = [
  ['1', 1, 'ERR_INVALID_ARG_TYPE', ['options', '1']],
  ['interval: 0', { interval: 0 }, 'ERR_OUT_OF_RANGE', ['options.interval', '0']],
  ["interval: '1'", { interval: '1' }, 'ERR_INVALID_ARG_TYPE', ['options.interval', "'1'"]],
  ['subreaper: 1', { subreaper: 1 }, 'ERR_INVALID_ARG_TYPE', ['options.subreaper', '1']],
  ['onReaped: 1', { onReaped: 1 }, 'ERR_INVALID_ARG_TYPE', ['options.onReaped', 'function']],
];

/**
 * @param {() => unknown} call
 * @param {string} code
 * @param {string[]} words
 */
function expectRefusal(call, code, words) {
  /** @type {any} */
  let error;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  const classes = { ERR_INVALID_ARG_TYPE: TypeError, ERR_OUT_OF_RANGE: RangeError };
  expect(error).toBeInstanceOf(classes[/** @type {keyof typeof classes} */ (code)] ?? SignalError);
  expect(error.code).toBe(code);
  for (const word of words) expect(error.message).toContain(word);
}

describe('refused', () => {
  test.each(refused)('createHealthReporter: %s', (_what, options, code, words) => {
    expectRefusal(() => createHealthReporter(options), code, words);
  });

  test.each(refusedByReaper)('reapOrphans: %s', (_what, options, code, words) => {
    expectRefusal(() => reapOrphans(options), code, words);
  });

  test('report() with something else than options', async () => {
    const reporter = createHealthReporter({ signal: null });
    await expect(reporter.report(1)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    await expect(reporter.report({ write: 1 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(reporter.counts).toEqual({ reports: 0, coalesced: 0, native: 0, failed: 0 });
    reporter.close();
  });
});
