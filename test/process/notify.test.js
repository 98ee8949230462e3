// createNotifier(): a real datagram socket gets the messages, in order; a stuck loop stops petting; failures are told.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

/** @typedef {import('../helpers/fixture').Fixture} Fixture */
/** @typedef {import('../helpers/runtimes').Runtime} Runtime */

const notifyd = tool('notifyd', 'program');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-notify-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

let sockets = 0;
const freshPath = () => path.join(folder, `notify.${++sockets}`);

/** @param {Runtime} runtime @param {string} program @param {string} socket @param {(string | number)[]} [watchdog] us */
function startUnder(runtime, program, socket, watchdog = []) {
  const wrapper = [String(notifyd.path), socket, ...watchdog.map(String), '--'];
  return start(runtime, 'notify.js', { args: [program], wrapper });
}

/** @param {Fixture} fixture */
const datagrams = (fixture) => fixture.allOf('datagram').map(({ fields }) => fields);

const clock = expect.stringMatching(/^MONOTONIC_USEC=\d+$/);

const MESSAGES = [
  ['STATUS=first'],
  ['STATUS=loading READY=1'],
  ['READY=1', 'STATUS=serving'],
  ['RELOADING=1', clock],
  ['EXTEND_TIMEOUT_USEC=1500500'],
  ['READY=1'],
  ['MAINPID=4711'],
  ['WATCHDOG=1'],
  ['ERRNO=2', 'X_OWN=ä "b"'],
  ['STOPPING=1', 'STATUS=ended'],
];

eachRuntime((runtime) => {
  testWith([notifyd], 'everything that can be said arrives in order; no descriptor stays', async () => {
    const names = [freshPath()];
    if (process.platform === 'linux') names.push(`@sigbridge-notify-${process.pid}-${runtime.spec}`);
    for (const name of names) {
      const fixture = startUnder(runtime, 'messages', name);
      expect(await fixture.line('result')).toMatchObject({
        sent: Array(9).fill(true),
        states: ['starting', 'ready', 'reloading', 'stopping'],
        enabled: true,
        watchdogInterval: null,
        leaked: 0,
      });
      expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
      expect(datagrams(fixture)).toEqual(MESSAGES);
    }
  });

  testWith([notifyd], 'a shutdown tells that it stops, and asks for its time', async () => {
    const fixture = startUnder(runtime, 'stop', freshPath());
    await fixture.line('ready');
    fixture.send('SIGTERM');
    expect(await fixture.closed).toMatchObject({ stderr: '' });
    const [stopping, [extend], ...more] = datagrams(fixture);
    expect(stopping).toEqual(['STOPPING=1', 'STATUS=shutdown by SIGTERM']);
    const us = Number(extend.replace('EXTEND_TIMEOUT_USEC=', ''));
    // Two seconds from the signal, and one to leave.
    expect(us).toBeGreaterThan(2_500_000);
    expect(us).toBeLessThanOrEqual(3_000_000);
    expect(more).toEqual([]);
  });

  testWith([notifyd], 'RELOADING tells CLOCK_MONOTONIC', async () => {
    const fixture = startUnder(runtime, 'clock', freshPath());
    const { us } = await fixture.line('result');
    expect(await fixture.closed).toMatchObject({ code: 0 });
    const [[, said]] = datagrams(fixture);
    const late = Number(said.replace('MONOTONIC_USEC=', '')) - Number(us);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(10_000_000);
  });

  testWith([notifyd], 'a reloader says RELOADING, then READY, also when it fails', async () => {
    const fixture = startUnder(runtime, 'reload', freshPath(), [60_000_000]);
    expect(await fixture.line('environment')).toEqual({ event: 'environment', left: [] });
    /** @param {number} value */
    const reloadWith = async (value) => {
      fixture.tell(`set ${value}`);
      await fixture.line('done');
      fixture.send('SIGHUP');
      return await fixture.line(({ event, fields }) => event === 'datagram' && fields[0] === 'READY=1');
    };
    await fixture.line('ready');
    await reloadWith(2);
    await reloadWith(0);
    await reloadWith(3);
    fixture.tell('end');
    expect(await fixture.closed).toMatchObject({ code: 0 });
    expect(datagrams(fixture)).toEqual([
      ['READY=1', 'STATUS=started'],
      ['RELOADING=1', clock],
      ['READY=1', 'STATUS=configuration version 2'],
      ['RELOADING=1', clock],
      ['READY=1', 'STATUS=reload failed in load: no file; version 2 stays'],
      ['RELOADING=1', clock],
      ['READY=1', 'STATUS=configuration version 3'],
    ]);
  });

  testWith(
    [notifyd],
    'the watchdog is petted twice an interval, and not by a loop that is stuck',
    async () => {
      const fixture = startUnder(runtime, 'watchdog', freshPath(), [40_000]);
      expect(await fixture.line('result')).toMatchObject({ watchdogInterval: 40, active: false });
      expect(await fixture.closed).toMatchObject({ code: 0 });
      const order = fixture.lines.map(({ event }) => event);
      const [stuck, free] = [order.indexOf('stuck'), order.indexOf('free')];
      /** @param {number} from @param {number} to */
      const pets = (from, to) => order.slice(from, to).filter((event) => event === 'datagram').length;
      expect(pets(0, stuck)).toBeGreaterThan(4);
      // Of fifteen; some may have been on their way.
      expect(pets(stuck, free)).toBeLessThan(4);
      expect(pets(free, order.length)).toBeGreaterThan(1);
      for (const fields of datagrams(fixture)) expect(fields).toEqual(['WATCHDOG=1']);
    },
  );

  test('without a socket nothing is sent, and nothing loaded', async () => {
    const fixture = start(runtime, 'notify.js', { args: ['without'], env: { NOTIFY_SOCKET: '' } });
    expect(await fixture.line('result')).toMatchObject({
      sent: Array(5).fill(false),
      enabled: false,
      state: 'stopping',
      active: false,
      native: false,
    });
    expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
  });

  test('failures and bad input are told', async () => {
    const fixture = start(runtime, 'notify.js', { args: ['failures'], env: { NOTIFY_SOCKET: '' } });
    const type = 'ERR_INVALID_ARG_TYPE';
    const range = 'ERR_OUT_OF_RANGE';
    const { ENOENT, ENAMETOOLONG } = os.constants.errno;
    const system = { code: 'ERR_SIGNAL_SYSTEM', syscall: 'sendto' };
    expect(await fixture.line('result')).toMatchObject({
      codes: {
        ...{ socket: type, empty: range, relative: range, at: range, vsock: range, nul: range, unset: type },
        ...{ status: type, ready: type, zero: range, negative: range, mainPid: range },
        ...{ fields: range, name: range, value: type },
      },
      missing: {
        error: { ...system, errno: ENOENT, message: expect.stringContaining('there is no such socket') },
      },
      state: 'starting',
      long: { error: { ...system, errno: ENAMETOOLONG } },
      warnings: [{ code: 'SIGBRIDGE_NOTIFY', message: expect.stringContaining('ENOENT') }],
      intervals: [null, null, null, 3000, 3000, null],
      environment: { error: { code: range, message: expect.stringMatching(/^NOTIFY_SOCKET must be/) } },
    });
    expect(await fixture.closed).toMatchObject({ code: 0 });
  });
});
