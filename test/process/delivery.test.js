// What a listener is told about a delivery: from whom, why, and with what payload.
'use strict';

const os = require('node:os');
const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { kill, queue, sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

const { SIGUSR2 } = os.constants.signals;
const me = /** @type {() => number} */ (process.getuid)();
// Any uid but 0, which is also what an unfilled field says.
const sender = me === 0 ? 65534 : me;

eachRuntime((runtime) => {
  test('kill(1) arrives as SI_USER, with its pid and uid', async () => {
    const fixture = start(runtime, 'listen.js', { args: ['SIGUSR2'] });
    await fixture.line('ready');
    const before = process.hrtime.bigint();
    const pid = await kill(fixture.pid, 'USR2');
    const info = await fixture.line('signal');
    expect(info).toMatchObject({ name: 'SIGUSR2', number: SIGUSR2, code: 'SI_USER', pid, uid: me });
    expect(info).toMatchObject({ value: 0, valueBits: '0', status: 0, count: 1, sequence: 1 });
    // process.hrtime and the info use the same clock, CLOCK_MONOTONIC.
    expect(BigInt(info.timestamp)).toBeGreaterThan(before);
    expect(BigInt(info.timestamp)).toBeLessThan(process.hrtime.bigint());
  });

  describe('sigqueue', () => {
    const values = [
      { sent: 42n, value: 42, bits: 42n },
      { sent: -1n, value: -1, bits: 0xffffffffffffffffn },
      { sent: 0xdeadbeefcafebaben, value: 0xcafebabe | 0, bits: 0xdeadbeefcafebaben },
      { sent: 0x7fffffffffffffffn, value: -1, bits: 0x7fffffffffffffffn },
      { sent: 0x8000000000000000n, value: 0, bits: 0x8000000000000000n },
    ];

    testWith([sigsend], 'carries its payload, pid and uid, in 32 bits and in 64', async () => {
      const fixture = start(runtime, 'listen.js', { args: ['SIGUSR2'] });
      await fixture.line('ready');
      for (const [index, { sent, value, bits }] of values.entries()) {
        const pid = await queue(fixture.pid, SIGUSR2, sent, me === 0 ? { uid: sender } : {});
        const info = await fixture.line('signal');
        expect(info).toMatchObject({ code: 'SI_QUEUE', pid, uid: sender, sequence: index + 1 });
        expect(info).toMatchObject({ value, valueBits: String(bits) });
      }
    });
  });

  test("queue() of one process reaches another's listener", async () => {
    const fixture = start(runtime, 'listen.js', { args: ['SIGUSR2', 'SIGRTMIN+3'] });
    await fixture.line('ready');
    const source = start(runtime, 'send.js', {
      args: [fixture.pid, 'SIGUSR2 42', 'SIGRTMIN+3 -1', 'SIGRTMIN+3 0xdeadbeefcafebaben'],
    });
    // Two threads take them: between two signals there is no order, within one there is.
    const told = [];
    for (let nth = 0; nth < 3; nth++) told.push(await fixture.line('signal'));
    const [standard] = told.filter(({ name }) => name === 'SIGUSR2');
    expect(standard).toMatchObject({ code: 'SI_QUEUE', pid: source.pid, uid: me, value: 42 });
    const [small, large] = told.filter(({ name }) => name === 'SIGRTMIN+3');
    // The C convention: sival_int. The other half of the union is not touched.
    expect(small).toMatchObject({ value: -1, valueBits: String(0xffffffffn) });
    expect(large).toMatchObject({ value: 0xcafebabe | 0, valueBits: String(0xdeadbeefcafebaben) });
    expect((await source.closed).code).toBe(0);
  });

  test('a number of deliveries one after another have sequences without a gap', async () => {
    const fixture = start(runtime, 'listen.js', { args: ['SIGUSR2', 'SIGHUP', 'SIGWINCH'] });
    await fixture.line('ready');
    for (const [index, signal] of ['USR2', 'HUP', 'WINCH', 'HUP', 'USR2'].entries()) {
      await kill(fixture.pid, signal);
      expect(await fixture.line('signal')).toMatchObject({
        name: `SIG${signal}`,
        sequence: index + 1,
        count: 1,
      });
    }
  });
});
