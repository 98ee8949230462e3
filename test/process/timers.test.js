// alarm, setitimer and POSIX timers: what they return, what their signals say, and that they end.
'use strict';

const { beforeAll, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

/** @typedef {import('../helpers/fixture').Line} Line */

eachRuntime((runtime) => {
  /** @type {Line[]} */
  let lines;
  const line = (/** @type {string} */ event) => lines.find((one) => one.event === event) ?? {};

  beforeAll(async () => {
    const fixture = start(runtime, 'timers.js');
    const ending = await fixture.closedWithin(50_000);
    expect(ending).toMatchObject({ code: 0, signal: null, stderr: '' });
    lines = fixture.lines;
  });

  test('alarm returns what was left, rounded, and never 0 for a little', () => {
    expect(line('alarms')).toMatchObject({ first: 0, none: 0, least: 1, nearest: 2 });
    for (const [left, set] of [
      [line('alarms').replaced, 1000],
      [line('alarms').cancelled, 500],
    ]) {
      expect(left).toBeLessThanOrEqual(set);
      expect(left).toBeGreaterThanOrEqual(set - 10);
    }
    expect(line('alarm fired')).toMatchObject({ info: { name: 'SIGALRM', overrun: 0 }, left: 0 });
  });

  test('an interval timer fires again and again until it is stopped', () => {
    const { before, running, stopped, after, fired, info } = line('real interval');
    expect(before).toEqual({ value: 0, interval: 0 });
    expect(running.interval).toBe(3.5);
    expect(running.value).toBeGreaterThan(0);
    expect(running.value).toBeLessThanOrEqual(3.5);
    expect(stopped.interval).toBe(3.5);
    expect(after).toEqual({ value: 0, interval: 0 });
    expect(fired).toBeGreaterThanOrEqual(5);
    expect(info).toMatchObject({ name: 'SIGALRM', pid: 0, uid: 0, value: 0, overrun: 0, status: 0 });
  });

  test.each(['virtual', 'prof'])('%s goes with CPU time, and fires in a busy loop', (which) => {
    const { idle, busy, fired } = line(which);
    expect(idle).toBeLessThan(150);
    expect(busy).toBeGreaterThanOrEqual(30);
    expect(fired).toBeGreaterThanOrEqual(2);
  });

  test('a POSIX timer fires once, with its payload, on each clock', () => {
    const shots = lines.filter(({ event }) => event === 'one shot').map(({ info }) => info);
    const same = { code: 'SI_TIMER', pid: 0, uid: 0, status: 0, overrun: 0, count: 1 };
    expect(shots).toEqual([
      expect.objectContaining({ ...same, name: 'SIGALRM', value: 0, valueBits: '0' }),
      expect.objectContaining({ ...same, name: 'SIGUSR2', value: -7, valueBits: '4294967289' }),
      expect.objectContaining({ ...same, name: 'SIGRTMIN+3', valueBits: String(0xfedc_ba98_7654_3210n) }),
      expect.objectContaining({ ...same, name: 'SIGRTMIN+4', value: 2147483647 }),
    ]);
    expect(line('plain').info).toMatchObject({ name: 'SIGUSR2', overrun: 0 });
  });

  test('deliveries and overruns add up to the expirations', () => {
    const { total, most, atLeast, atMost } = line('overrun');
    if (!runtime.version.startsWith('1.2.')) expect(most).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(atLeast);
    expect(total).toBeLessThanOrEqual(atMost);
  });

  test('stop and close end it; closed twice is fine, used after that is an error', () => {
    expect(line('stop and close')).toMatchObject({
      afterStop: 0,
      again: true,
      afterClose: 0,
      closed: [false, true],
      start: { code: 'ERR_SIGNAL_CLOSED', name: 'SignalError', message: expect.stringContaining('start()') },
      stop: { code: 'ERR_SIGNAL_CLOSED', message: expect.stringContaining('stop()') },
    });
  });

  test("a Worker's timer goes with it", () => {
    expect(line('worker')).toMatchObject({ alive: true, afterwards: 0 });
  });

  test('without a subscription the signal does its default', async () => {
    const [alarmed, queued] = ['alarm', 'SIGUSR2'].map((what) =>
      start(runtime, 'timers.js', { args: ['alone', what] }),
    );
    expect(await alarmed.closed).toMatchObject({ code: null, signal: 'SIGALRM' });
    expect(await queued.closed).toMatchObject({ code: null, signal: 'SIGUSR2' });
  });
});
