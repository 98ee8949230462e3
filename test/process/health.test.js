// Health reports: what they say, where they go, what checks may do to them, and that a stuck thread gets one too.
'use strict';

const { beforeAll, describe, expect, test } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

/** @typedef {import('../helpers/fixture').Line} Line */

eachRuntime((runtime) => {
  /** @type {Record<string, Line>} */
  let cases;

  beforeAll(async () => {
    const fixture = start(runtime, 'health.js', { args: ['cases'] });
    cases = await runCases(fixture);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  test('a report says what is so', () => {
    const { report, same, oneLine, closed } = cases.ordinary;
    expect({ same, oneLine, closed }).toEqual({ same: true, oneLine: true, closed: true });
    expect(report).toMatchObject({
      kind: 'full',
      thread: 0,
      runtime: expect.stringContaining(runtime.version),
      trigger: { signal: 'SIGUSR2', pid: process.pid, uid: process.getuid?.(), count: 1 },
      subscriptions: ['SIGUSR2'],
      pending: { thread: [], process: [], held: [] },
      shutdown: 'running',
      checks: {},
      reporter: { reports: 0, coalesced: 0, native: 0, failed: 0 },
      stats: {
        running: true,
        delivered: 1,
        health: { level: expect.any(String), reasons: expect.any(Array) },
      },
    });
    expect(Math.abs(Date.now() - Date.parse(report.time))).toBeLessThan(60_000);
    expect(report.uptime).toBeGreaterThan(0);
    expect(report.memory.rss).toBeGreaterThan(1_000_000);
    expect(report.loop).toMatchObject({ now: expect.any(Number), samples: expect.any(Number) });
    if (runtime.kind === 'node') expect(report.handles.Timeout).toBeGreaterThanOrEqual(1);
    if (runtime.kind === 'bun') expect(report.handles).toBeNull();
  });

  test('a report as text', () => {
    const { text } = cases.text;
    expect(text).toMatch(/^health of \d+ at \S+Z: (ok|warning|critical)\n/);
    for (const line of [
      `asked by: SIGUSR2 of pid ${process.pid}, uid`,
      'subscriptions: SIGUSR2',
      'pending: none',
      'shutdown: none',
      'signals: 2 received',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/check disk: ok in \S+ ms, "12 GiB"\n/);
  });

  test('checks fail, hang and are slow, each for itself', () => {
    const { first, second, level, hanging } = cases.checks;
    expect(first).toMatchObject({
      fine: { status: 'ok' },
      value: { status: 'ok', value: { free: '12', of: 20 } },
      cyclic: { status: 'ok', value: expect.stringContaining('Circular') },
      no: { status: 'failed', error: 'the check returned false' },
      throws: { status: 'failed', error: 'no route to host' },
      rejects: { status: 'failed', error: "'a text'" },
      hangs: { status: 'timeout', error: 'not within 60 ms' },
      patient: { status: 'ok', value: 'slow' },
      told: { status: 'timeout', error: 'not within 20 ms' },
    });
    expect(first.fine).not.toHaveProperty('value');
    expect({ second, level }).toEqual({ second: 'timeout', level: 'critical' });
    // What has not settled is not started again on top of itself.
    expect(hanging).toBe(1);
  });

  test('signals while a report is under way become one more', () => {
    expect(cases.coalesced).toMatchObject({
      reports: 2,
      triggers: [1, 5],
      counts: { reports: 2, coalesced: 4, failed: 0 },
    });
  });

  test('to a file that is moved away, and to a descriptor', () => {
    expect(cases.file).toMatchObject({ moved: [0], now: [1, 2] });
    expect(cases.descriptor).toMatchObject({ kinds: ['full', 'full'], running: false });
  });

  test('an output that fails is told, and ends nothing', () => {
    const { told, warning, report } = cases['output that fails'];
    const messages = told.map((/** @type {Line} */ { message }) => message);
    expect(told).toHaveLength(5);
    for (const one of told) expect(one).toMatchObject({ code: 'SIGBRIDGE_HEALTH', failed: 1 });
    expect(messages.slice(0, 2)).toEqual([
      expect.stringMatching(/ENOENT|No such file/),
      expect.stringMatching(/EISDIR|Is a directory/),
    ]);
    expect(messages.slice(2)).toEqual([
      expect.stringContaining('full'),
      expect.stringContaining('later'),
      expect.stringContaining('not taken within 100 ms'),
    ]);
    expect({ warning, report }).toEqual({ warning: 'SIGBRIDGE_HEALTH', report: 'full' });
  });

  test('JavaScript that is stuck for a while: a native report, then its own', () => {
    const { native, full, counts, health } = cases['stuck for a while'];
    expect(native).toMatchObject({
      kind: 'native',
      pid: full.pid,
      trigger: { signal: 'SIGUSR2', pid: full.pid, count: 1 },
      stuck: { state: 'running', thread: full.pid },
      subscriptions: ['SIGUSR2'],
      stats: { waiting: 1, environments: 1, overflow: 0 },
    });
    expect(native.stuck.ms).toBeGreaterThanOrEqual(60);
    expect(native.memory.rss).toBeGreaterThan(1_000_000);
    expect(native.uptime).toBeGreaterThan(0);
    expect(native.uptime).toBeLessThanOrEqual(full.uptime + 0.1);
    expect(Date.parse(native.time)).toBeLessThanOrEqual(Date.parse(full.time));
    expect(full).toMatchObject({ kind: 'full', reporter: { native: 1 } });
    expect(counts).toMatchObject({ reports: 1, native: 1, failed: 0 });
    expect(full.loop.max).toBeGreaterThanOrEqual(native.stuck.ms - 60);
    expect(health).toMatchObject({ level: expect.not.stringMatching('ok') });
    expect(health.reasons).toEqual([expect.objectContaining({ metric: 'latency' })]);
    expect(full.reasons.map((/** @type {Line} */ { metric }) => metric)).toEqual(['latency', 'loop']);
    expect(cases['stuck, and told not to look'].counts).toMatchObject({ reports: 1, native: 0 });
  });

  test('closed while a report is under way: the caller gets it, the output does not', () => {
    expect(cases.closed).toMatchObject({
      kind: 'full',
      written: 0,
      running: false,
      error: { code: 'ERR_SIGNAL_CLOSED', name: 'SignalError' },
    });
  });

  describe('JavaScript never comes back', () => {
    test.each([
      ['loop', 'json', 'running'],
      ['wait', 'text', 'sleeping'],
    ])('in a %s', async (way, format, state) => {
      const fixture = start(runtime, 'health.js', { args: ['stuck', way, format] });
      await fixture.line('ready');
      // Whoever asks again is told again. A thread that waits may just have been woken, on a busy machine.
      for (let asked = 1; asked <= 2 || (asked <= 10 && !fixture.stderr.includes(state)); asked++) {
        fixture.send('SIGUSR2');
        await expectOnStderr(fixture, `health of ${fixture.pid} at |"kind":"native"`, asked);
      }
      expect(fixture.stderr).toMatch(new RegExp(`is ${state}|"state":"${state}"`));
      fixture.send('SIGKILL');
      const { stderr } = await fixture.closed;
      if (format === 'json') {
        for (const line of stderr.trim().split('\n')) {
          expect(JSON.parse(line)).toMatchObject({ kind: 'native' });
        }
      }
    });
  });
});

/**
 * @param {import('../helpers/fixture').Fixture} fixture
 * @param {string} pattern
 * @param {number} times
 */
async function expectOnStderr(fixture, pattern, times) {
  const end = Date.now() + 15_000;
  const found = () => fixture.stderr.match(new RegExp(pattern, 'g'))?.length ?? 0;
  while (found() < times && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(found()).toBe(times);
}
