// Full rings and full inboxes: what is merged or dropped is counted, and the program is told. Nothing is lost in
// silence.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, expect, test } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { series, sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

const SMALL = { SIGBRIDGE_RING_CAPACITY: '2' };
// Subscriber::kDefaultCapacity: records that may wait for one environment.
const INBOX = 262_144;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** @param {import('../helpers/fixture').Line} counters */
function expectBalance({ received, delivered, coalesced, dropped, discarded }) {
  expect(delivered + coalesced + dropped + discarded).toBe(received);
}

eachRuntime((runtime) => {
  /**
   * JavaScript is stuck until everything has been sent.
   * @param {string} how
   * @param {number} count
   */
  async function stuckWhileSent(how, count) {
    const flag = path.join(folder, `${runtime.name} ${how} ${count}`);
    const fixture = start(runtime, 'overflow.js', { args: [how, 'SIGRTMIN', count, flag] });
    await fixture.line('ready');
    await series(fixture.pid, signalNumber('SIGRTMIN'), signalNumber('SIGRTMIN'), count);
    // The Worker beside it is not kept waiting by a main thread that is stuck.
    if (how === 'beside') {
      expect(await fixture.line('worker', { deadline: 60_000 })).toMatchObject({
        told: count,
        inOrder: true,
        gaps: 0,
      });
    }
    fs.writeFileSync(flag, '');
    return { fixture, episode: await fixture.line('episode') };
  }

  test('standard signals that find the ring full are merged: the counts add up', async () => {
    const fixture = start(runtime, 'overflow.js', { args: ['raise', 'SIGUSR2', 2000], env: SMALL });
    for (const episode of [1, 2]) {
      const { infos, told, gaps, ringCapacity, signals } = await fixture.line('episode');
      expect(ringCapacity).toBe(2);
      expect(signals.SIGUSR2).toMatchObject({ received: episode * 2000, dropped: 0, delivered: infos });
      expectBalance(signals.SIGUSR2);
      expect(told).toBe(episode * 2000);
      expect(gaps).toBe(0);
      // Otherwise the ring was never full, and this test has shown nothing.
      expect(signals.SIGUSR2.coalesced).toBeGreaterThan(0);
    }
    expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
  });

  test('real-time signals that find it full are dropped: one warning an episode, with name and number', async () => {
    const fixture = start(runtime, 'overflow.js', { args: ['raise', 'SIGRTMIN+4', 2000], env: SMALL });
    let before = 0;
    for (const episode of [1, 2]) {
      const warning = await fixture.line('warning');
      const { infos, told, gaps, signals } = await fixture.line('episode');
      const { received, delivered, coalesced, dropped } = signals['SIGRTMIN+4'];
      expect({ received, coalesced, delivered }).toEqual({
        received: episode * 2000,
        coalesced: 0,
        delivered: infos,
      });
      expectBalance(signals['SIGRTMIN+4']);
      expect(told).toBe(infos);
      expect(gaps).toBe(0);
      expect(dropped).toBeGreaterThan(before);
      expect(warning).toMatchObject({
        code: 'SIGBRIDGE_OVERFLOW',
        signal: 'SIGRTMIN+4',
        dropped: dropped - before,
      });
      expect(warning.message).toContain(`${dropped - before} SIGRTMIN+4 `);
      before = dropped;
    }
    expect(await fixture.closed).toMatchObject({ code: 0 });
    expect(fixture.allOf('warning')).toHaveLength(2);
  });

  testWith([sigsend], 'JavaScript that is stuck loses nothing', async () => {
    // Where the JavaScript thread itself takes real-time signals they wait in the kernel, which our sender does not
    // fill beyond 4,096.
    const count = runtime.kind === 'node' ? 20_000 : 3_500;
    const { fixture, episode } = await stuckWhileSent('stuck', count);
    const { told, inOrder, gaps, signals } = episode;
    expect(signals.SIGRTMIN).toMatchObject({ received: count, delivered: count, coalesced: 0, dropped: 0 });
    expect({ told, gaps }).toEqual({ told: count, gaps: 0 });
    // In Bun and Deno a thread that the runtime starts meanwhile may take one out of turn (README, Limitations).
    if (runtime.kind === 'node') expect(inOrder).toBe(true);
    expect(fixture.allOf('warning')).toEqual([]);
  });

  // In Bun and Deno a main thread that is stuck takes no real-time signals, for nobody.
  if (runtime.kind !== 'node') return;
  testWith(
    [sigsend],
    'beside a Worker that goes on, a stuck thread loses what it has no room for, and is told',
    async () => {
      const count = INBOX + 5000;
      const { fixture, episode } = await stuckWhileSent('beside', count);
      const { told, inOrder, gaps, warned, signals } = episode;
      const { received, delivered, dropped } = signals.SIGRTMIN;
      expect({ received, delivered }).toEqual({ received: count, delivered: told });
      expectBalance(signals.SIGRTMIN);
      expect({ inOrder, gaps }).toEqual({ inOrder: true, gaps: 0 });
      expect(dropped).toBeGreaterThan(0);
      expect(warned).toBe(dropped);
      for (const warning of fixture.allOf('warning')) {
        expect(warning).toMatchObject({ code: 'SIGBRIDGE_OVERFLOW', signal: 'SIGRTMIN' });
      }
    },
    120_000,
  );
});
