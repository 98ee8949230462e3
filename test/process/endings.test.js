// How a process ends: what a subscription keeps from happening, what happens after close(), and exitBySignal, which
// its parent has to see as the signal itself.
'use strict';

const { describe, expect, test } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { kill, queue, sigsend } = require('../helpers/senders');
const { testWith, tool } = require('../helpers/tools');

const witness = tool('witness', 'program');

eachRuntime((runtime) => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'])(
    'a subscription to %s replaces what it does; after close() it does it again',
    async (signal) => {
      const fixture = start(runtime, 'listen.js', { args: [signal] });
      await fixture.line('ready');
      for (const sequence of [1, 2, 3]) {
        await kill(fixture.pid, signal.slice(3));
        expect(await fixture.line('signal')).toMatchObject({ name: signal, sequence });
      }
      fixture.tell('close');
      await fixture.line('done');
      await kill(fixture.pid, signal.slice(3));
      expect(await fixture.closed).toMatchObject({ code: null, signal });
      expect(fixture.allOf('signal')).toHaveLength(3);
    },
  );

  test('SIGUSR1 subscribed does not start the inspector', async () => {
    const fixture = start(runtime, 'listen.js', { args: ['SIGUSR1'] });
    await fixture.line('ready');
    await kill(fixture.pid, 'USR1');
    expect(await fixture.line('signal')).toMatchObject({ name: 'SIGUSR1' });
    fixture.endInput();
    const { stderr } = await fixture.closed;
    expect(stderr).not.toMatch(/[Dd]ebugger|inspector/);
  });

  testWith([sigsend, witness], 'a real-time signal ends the process again after close()', async () => {
    const fixture = start(runtime, 'listen.js', { args: ['SIGRTMIN+2'], wrapper: [String(witness.path)] });
    await fixture.line('ready');
    fixture.tell('pid');
    const { pid } = await fixture.line('pid');
    await queue(pid, signalNumber('SIGRTMIN+2'), 5);
    expect(await fixture.line('signal')).toMatchObject({ name: 'SIGRTMIN+2', value: 5 });
    fixture.tell('close');
    await fixture.line('done');
    await queue(pid, signalNumber('SIGRTMIN+2'), 6);
    expect(await fixture.line('ended')).toMatchObject({ signal: signalNumber('SIGRTMIN+2') });
  });

  describe('exitBySignal', () => {
    const signals = ['SIGTERM', 'SIGINT', 'SIGUSR1', 'SIGQUIT', 'SIGRTMIN', 'SIGKILL'];
    for (const signal of signals) {
      testWith([witness], `${signal} is what the parent sees`, async () => {
        const fixture = start(runtime, 'exit-by-signal.js', {
          args: [signal, 'plain'],
          wrapper: [String(witness.path)],
        });
        expect(await fixture.line('ended')).toMatchObject({ signal: signalNumber(signal) });
      });
    }

    const ways = ['subscribed', 'listening', 'worker'];
    for (const [way, signal] of ways.flatMap((one) =>
      ['SIGTERM', 'SIGUSR2', 'SIGRTMIN+1'].map((s) => [one, s]),
    )) {
      // The runtimes' own process.on knows no real-time signals.
      if (way === 'listening' && signal.startsWith('SIGRT')) continue;
      testWith([witness], `${signal} while ${way}`, async () => {
        const fixture = start(runtime, 'exit-by-signal.js', {
          args: [signal, way],
          wrapper: [String(witness.path)],
        });
        expect(await fixture.line('ended')).toMatchObject({ signal: signalNumber(signal) });
      });
    }

    testWith([witness], 'a signal whose default is to be ignored ends with 128 and its number', async () => {
      const fixture = start(runtime, 'exit-by-signal.js', {
        args: ['SIGWINCH', 'subscribed'],
        wrapper: [String(witness.path)],
      });
      expect(await fixture.line('ended')).toMatchObject({ signal: 0, code: 128 + signalNumber('SIGWINCH') });
    });
  });
});
