// Bad input, in a process where its consequences can be seen: the right error, and nothing half-installed.
'use strict';

const os = require('node:os');
const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { expectSame, waitThreads } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');
const { knowsStranger, powerless, someStranger } = require('../helpers/stranger');

const { ESRCH, EPERM } = os.constants.errno;
/** @param {number} errno @param {string} syscall */
const system = (errno, syscall) => ({ code: 'ERR_SIGNAL_SYSTEM', errno, syscall });

/** @type {Record<string, Record<string, unknown>>} */
const EXPECTED = {
  "onSignal('SIGKILL')": { code: 'ERR_SIGNAL_UNCATCHABLE' },
  "onSignal('SIGSTOP')": { code: 'ERR_SIGNAL_UNCATCHABLE' },
  "onSignal('SIGFOO')": { code: 'ERR_SIGNAL_INVALID' },
  "onSignal('')": { code: 'ERR_SIGNAL_INVALID' },
  'onSignal(0)': { code: 'ERR_SIGNAL_INVALID' },
  'onSignal(65)': { code: 'ERR_SIGNAL_INVALID' },
  'onSignal(-1)': { code: 'ERR_SIGNAL_INVALID' },
  'onSignal(1.5)': { code: 'ERR_SIGNAL_INVALID' },
  'onSignal(NaN)': { code: 'ERR_SIGNAL_INVALID' },
  'onSignal(32)': { code: 'ERR_SIGNAL_RESERVED' },
  'onSignal(null)': { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' },
  'onSignal([])': { code: 'ERR_SIGNAL_INVALID' },
  "onSignal(['SIGUSR2', 'SIGFOO'])": { code: 'ERR_SIGNAL_INVALID' },
  "onSignal(['SIGUSR2', 'SIGRTMIN', 'SIGKILL'])": { code: 'ERR_SIGNAL_UNCATCHABLE' },
  "onSignal(['SIGUSR2', null])": { code: 'ERR_INVALID_ARG_TYPE' },
  "onSignal('SIGSEGV')": { code: 'ERR_SIGNAL_RESERVED' },
  'onSignal without a listener': { code: 'ERR_INVALID_ARG_TYPE' },
  "onSignal with 'x' for a listener": { code: 'ERR_INVALID_ARG_TYPE' },
  'onSignal with an aborted signal': { code: 'ERR_SIGNAL_ABORTED' },
  "onSignal with {ref: 'yes'}": { code: 'ERR_INVALID_ARG_TYPE' },
  'onSignal with {signal: {}}': { code: 'ERR_INVALID_ARG_TYPE' },
  "queue(pid, 'SIGUSR2', 'x')": { code: 'ERR_INVALID_ARG_TYPE' },
  'queue(pid, sig, 2 ** 31)': { code: 'ERR_OUT_OF_RANGE' },
  'queue(pid, sig, 1.5)': { code: 'ERR_OUT_OF_RANGE' },
  'queue(pid, sig, 2n ** 64n)': { code: 'ERR_OUT_OF_RANGE' },
  'queue(0)': { code: 'ERR_OUT_OF_RANGE' },
  'send(0)': { code: 'ERR_OUT_OF_RANGE' },
  'send(-1)': { code: 'ERR_OUT_OF_RANGE' },
  "send('1')": { code: 'ERR_INVALID_ARG_TYPE' },
  'send(pid, SIGFOO)': { code: 'ERR_SIGNAL_INVALID' },
  'send to nobody': system(ESRCH, 'kill'),
  'probe nobody': system(ESRCH, 'kill'),
  'queue to nobody': system(ESRCH, 'sigqueue'),
  'send to a stranger': system(EPERM, 'kill'),
  'queue to a stranger': system(EPERM, 'sigqueue'),
  "raise('SIGFOO')": { code: 'ERR_SIGNAL_INVALID' },
  "exitBySignal('SIGFOO')": { code: 'ERR_SIGNAL_INVALID' },
};

eachRuntime((runtime) => {
  test('every bad call gets its error and leaves nothing behind', async () => {
    const stranger = await someStranger();
    const fixture = start(runtime, 'bad-calls.js', { args: [stranger], wrapper: powerless });
    const { before, after, hub } = await fixture.line('end');
    const calls = fixture.allOf('call');
    expect(calls.map(({ call }) => call)).toEqual(Object.keys(EXPECTED));
    for (const { call, error, waitThread } of calls) {
      if (call.includes('stranger') && !knowsStranger) continue;
      expect({ call, error }).toMatchObject({ call, error: EXPECTED[call] });
      expect({ call, waitThread }).toEqual({ call, waitThread: false });
    }
    expectSame(runtime, before, after);
    expect(waitThreads(after)).toEqual([]);
    expect(hub).toMatchObject({ received: 0 });
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  if (!knowsStranger)
    test.skip('a process of another user (root without setpriv can signal everybody)', () => {});
});
