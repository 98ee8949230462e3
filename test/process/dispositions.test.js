// Signals ignored and put to their default by the program itself, the flags of our handler, what stands beneath it, and
// who is in whose way.
'use strict';

const { beforeAll, describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

const OURS = ['SA_ONSTACK', 'SA_SIGINFO'];
const RESTARTING = ['SA_ONSTACK', 'SA_RESTART', 'SA_SIGINFO'];
const NOHUP = ['sh', '-c', 'trap "" HUP; exec "$@"', 'sh'];

/** @param {...(string | RegExp)} words */
const conflict = (...words) => ({
  name: 'SignalError',
  code: 'ERR_SIGNAL_CONFLICT',
  message: expect.stringMatching(words.map((word) => `(?=.*${word})`).join('')),
});

eachRuntime((runtime) => {
  describe('in one process', () => {
    /** @type {Map<string, any>} */
    const results = new Map();
    beforeAll(async () => {
      const fixture = start(runtime, 'dispositions.js');
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
      for (const { name, result } of fixture.allOf('result')) results.set(name, result);
    });

    test('an ignored signal is ignored, under a subscription and after it, until the default is restored', () => {
      expect(results.get('ignore')).toEqual({
        first: 'ignore',
        ours: true,
        beneath: 'ignore',
        nested: null,
        closed: 'ignore',
        restored: 'default',
      });
    });

    test('a change lasts where the runtime installs handlers of its own later', () => {
      expect(results.get('lasting')).toEqual({ ignored: 'ignore', restored: 'default' });
    });

    test('subscriptions anywhere and process.on are in the way, by name, and stay as they are', () => {
      const { subscribed, elsewhere, listening, fromWorker, during, free } = results.get('conflict');
      expect(subscribed).toMatchObject(conflict('SIGUSR2', 'subscription'));
      expect(elsewhere).toBe('ERR_SIGNAL_CONFLICT');
      expect(listening).toMatchObject(conflict('SIGUSR2', 'process.on'));
      // In Deno a Worker cannot know whether a handler still serves somebody.
      if (runtime.kind !== 'deno') {
        expect(fromWorker).toBe('ERR_SIGNAL_CONFLICT');
        expect(during).toBe('handler');
      }
      expect(free).toBe('none');
    });

    test('the first subscription fixes the flags: others take them, or conflict', () => {
      const { before, taken, other, alone, beside, later, chosenAnew, after } = results.get('flags');
      expect(taken).toEqual(OURS);
      expect(other).toMatchObject(conflict('SIGUSR2', 'SA_RESTART'));
      expect(alone).toBe(false);
      // Bun and Deno install theirs after the hook that tells us: it stands until the end of this turn.
      if (runtime.kind === 'node') expect(beside).toEqual(OURS);
      expect(later).toEqual(OURS);
      expect(chosenAnew).toEqual(RESTARTING);
      if (runtime.kind === 'node') expect(after).toEqual(before);
    });

    test('and so across threads; what is refused leaves no hook behind', () => {
      const { other, ofOnce, unsaid, left } = results.get('flagsElsewhere');
      expect(other).toMatchObject(conflict('SIGUSR2', 'SA_RESTART'));
      expect(ofOnce).toBe('ERR_SIGNAL_CONFLICT');
      expect(unsaid).toBe('none');
      expect(left).toBe(0);
    });

    test('noChildStop: children that stop and go on are not told of', () => {
      expect(results.get('childStop')).toEqual({
        taken: ['SA_NOCLDSTOP', ...RESTARTING].sort(),
        codes: ['CLD_KILLED'],
      });
    });

    test('noChildWait: the flag is set, for SIGCHLD alone', () => {
      expect(results.get('childWait').taken).toEqual([['SA_NOCLDWAIT', ...RESTARTING].sort(), RESTARTING]);
    });

    test('respectIgnored leaves out what is ignored, or was before another subscription', () => {
      expect(results.get('respectIgnored')).toEqual({
        asked: { some: ['SIGURG'], all: [], closed: false, kind: 'ignore' },
        beneath: { signals: [], ours: true },
        closed: { kind: 'ignore', again: 'ERR_SIGNAL_CLOSED' },
      });
    });

    test('what cannot be asked for is refused', () => {
      expect(results.get('refused')).toEqual({
        kill: 'ERR_SIGNAL_UNCATCHABLE',
        stop: 'ERR_SIGNAL_UNCATCHABLE',
        fault: 'ERR_SIGNAL_RESERVED',
        suspends: 'ERR_SIGNAL_RESERVED',
        unknown: 'ERR_SIGNAL_INVALID',
        libc: 'ERR_SIGNAL_RESERVED',
        type: 'ERR_INVALID_ARG_TYPE',
        force: 'ERR_INVALID_ARG_TYPE',
        options: 'ERR_INVALID_ARG_TYPE',
        restart: 'ERR_INVALID_ARG_TYPE',
        noChildStop: 'ERR_INVALID_ARG_TYPE',
        noChildWait: 'ERR_INVALID_ARG_TYPE',
        respectIgnored: 'ERR_INVALID_ARG_TYPE',
        withoutChild: 'ERR_OUT_OF_RANGE',
        saidNo: 'none',
        kinds: [false, false],
      });
      expect(results.get('forced')).toEqual({ ignored: 'ignore', restored: 'default' });
    });
  });

  test('under nohup: readable, left out on request, beneath a subscription, and back after it', async () => {
    const fixture = start(runtime, 'nohup.js', { wrapper: NOHUP });
    const { inherited, signals } = await fixture.line('ready');
    // Node gives every signal from 1 to 31 its default at its start.
    expect(inherited).toBe(runtime.kind === 'node' ? 'default' : 'ignore');
    expect(signals).toEqual(runtime.kind === 'node' ? ['SIGHUP', 'SIGUSR2'] : ['SIGUSR2']);
    fixture.send('SIGHUP');
    expect(await fixture.line('told')).toEqual({
      event: 'told',
      name: 'SIGHUP',
      kind: 'handler',
      ours: true,
      beneath: 'ignore',
      after: 'ignore',
    });
    await fixture.line('alive');
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });
});
