// Sending: what POSIX says of kill, sigqueue and pthread_kill, and Linux of tgkill and pidfds, as far as our calls can
// show it.
'use strict';

const os = require('node:os');
const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { knowsStranger, powerless, someStranger } = require('../helpers/stranger');

const { ESRCH, EPERM } = os.constants.errno;
/** @param {string} code */
const refused = (code) => ({ error: { code } });
/** @param {number} errno @param {string} syscall @param {string} hint */
const failed = (errno, syscall, hint) => ({
  error: { code: 'ERR_SIGNAL_SYSTEM', errno, syscall, message: expect.stringContaining(hint) },
});
const fine = { error: undefined };

/** @type {Record<string, object>} */
const OUTCOMES = {
  'probe of oneself': fine,
  'probe of a thread': fine,
  'probe of everybody': fine,
  'broadcast without intent': refused('ERR_OUT_OF_RANGE'),
  'group without intent': refused('ERR_OUT_OF_RANGE'),
  'send, nobody': failed(ESRCH, 'kill', 'no such process'),
  'send, no group': failed(ESRCH, 'kill', 'no such process'),
  'queue, nobody': failed(ESRCH, 'sigqueue', 'no such process'),
  'thread, dead': failed(ESRCH, 'tgkill', 'no such thread'),
  'thread, dead, with a value': failed(ESRCH, 'rt_tgsigqueueinfo', 'no such thread'),
  "thread, another process's": failed(ESRCH, 'tgkill', 'no such thread'),
  'open, nobody': failed(ESRCH, 'pidfd_open', 'no such process'),
  // EINVAL in older kernels.
  'open, a thread': { error: { code: 'ERR_SIGNAL_SYSTEM', syscall: 'pidfd_open' } },
  'handle, reaped': failed(ESRCH, 'pidfd_send_signal', 'has ended'),
  'handle, reaped, probe': failed(ESRCH, 'pidfd_send_signal', 'has ended'),
  'handle, reaped, with a value': failed(ESRCH, 'pidfd_send_signal', 'has ended'),
  'handle, closed': refused('ERR_SIGNAL_CLOSED'),
  'handle, closed, probe': refused('ERR_SIGNAL_CLOSED'),
  'handle, closed, with a value': refused('ERR_SIGNAL_CLOSED'),
  'handle, no such signal': refused('ERR_SIGNAL_INVALID'),
  'stranger, send': failed(EPERM, 'kill', 'another user'),
  'stranger, probe': failed(EPERM, 'kill', 'another user'),
  'stranger, queue': failed(EPERM, 'sigqueue', 'another user'),
  'stranger, thread': failed(EPERM, 'tgkill', 'another user'),
  'stranger, thread with a value': failed(EPERM, 'rt_tgsigqueueinfo', 'another user'),
  'stranger, handle': failed(EPERM, 'pidfd_send_signal', 'another user'),
  'stranger, handle with a value': failed(EPERM, 'pidfd_send_signal', 'another user'),
};

/** @param {bigint[]} values */
const bitsOf = (...values) => values.map((value) => String(BigInt.asUintN(64, value)));
// A number travels as an int32 in the low half, a bigint as all 64 bits.
const BITS = bitsOf(0n, 42n, 0xffffffffn, 0x7fffffffn, 0x80000000n, 2n ** 63n, 0x0123456789abcdefn, -1n, -1n);

eachRuntime((runtime) => {
  test('every way of sending: what arrives, in which order, and what is refused', async () => {
    const stranger = await someStranger();
    const fixture = start(runtime, 'sending.js', { args: [stranger], wrapper: powerless });
    await fixture.line('end', { deadline: 40_000 });

    expect(fixture.allOf('cause')).toEqual([
      { event: 'cause', way: 'send', code: 'SI_USER', pid: true, uid: true },
      { event: 'cause', way: 'sendToThread', code: 'SI_TKILL', pid: true, uid: true },
      { event: 'cause', way: 'handle', code: 'SI_USER', pid: true, uid: true },
    ]);
    for (const line of fixture.allOf('values')) {
      expect(line).toMatchObject({ code: 'SI_QUEUE', pid: true, uid: true, bits: BITS });
    }
    expect(fixture.allOf('values')).toHaveLength(3);
    for (const line of fixture.allOf('order')) expect(line).toMatchObject({ kept: [true, true] });
    expect(fixture.allOf('order')).toHaveLength(3);
    expect(fixture.allOf('threads')).toMatchObject([{ all: true }]);
    expect(fixture.allOf('group')).toMatchObject([
      { whom: 'own', self: 'SI_USER', others: ['SIGUSR2', 'SIGUSR2'] },
      { whom: 'named', self: 'SI_USER', others: ['SIGUSR2'] },
      { whom: 'far', far: { value: null } },
      { whom: 'far', others: [{ code: null, signal: 'SIGTERM' }] },
    ]);
    const calls = fixture.allOf('call');
    expect(calls.map(({ call }) => call)).toEqual(Object.keys(OUTCOMES));
    for (const { call, error } of calls) {
      if (call.startsWith('stranger') && !knowsStranger) continue;
      expect({ call, error }).toMatchObject({ call, ...OUTCOMES[call] });
    }
    expect(fixture.allOf('closed')).toMatchObject([{ closed: [true, false], pids: [true] }]);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  if (!knowsStranger)
    test.skip('a process of another user (root without setpriv can signal everybody)', () => {});
});
