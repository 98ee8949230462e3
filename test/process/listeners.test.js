// What listeners may do: throw, subscribe, close. What once() gives.
'use strict';

const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { kill } = require('../helpers/senders');

eachRuntime((runtime) => {
  describe('a listener that throws', () => {
    test('is one uncaughtException; other listeners, records and batches are not touched', async () => {
      const fixture = start(runtime, 'throwing.js', { args: ['handled'] });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
      const values = (/** @type {string} */ event) => fixture.allOf(event).map(({ value }) => value);
      expect(values('first')).toEqual([1, 3, 4, 6]);
      expect(values('second')).toEqual([1, 2, 3, 4, 5, 6]);
      expect(fixture.allOf('uncaught').map(({ message }) => message)).toEqual(['no 2', 'no 5']);
    });

    test('ends the process when nobody handles that', async () => {
      const fixture = start(runtime, 'throwing.js', { args: ['unhandled'] });
      const { code, signal, stderr } = await fixture.closed;
      expect({ code, signal }).toEqual({ code: 1, signal: null });
      expect(stderr).toContain('no 2');
    });
  });

  describe('in the middle of a batch', () => {
    test.each([
      ['subscribe inside', { first: [1, 2, 3, 4], second: [4] }],
      ['subscribe inside to another signal', { first: [1, 2, 3, 4], second: [11] }],
      ['close another', { first: [1, 2, 3, 4], second: [1] }],
      ['close itself', { first: [1, 2], second: [1, 2, 3, 4] }],
      ['close the only one', { first: [1, 2], second: [] }],
      ['once: true', { first: [1], second: [1, 2, 3, 4] }],
    ])('%s', async (name, expected) => {
      const fixture = start(runtime, 'reentrant.js', { args: [name] });
      const { signals } = await fixture.line('end');
      const told = (/** @type {string} */ who) =>
        fixture
          .allOf('told')
          .filter((line) => line.who === who)
          .map(({ value }) => value);
      expect({ first: told('first'), second: told('second') }).toEqual(expected);
      const { received, delivered, coalesced, dropped, discarded } = signals.SIGRTMIN;
      expect(received).toBe(4);
      expect(received).toBe(delivered + coalesced + dropped + discarded);
    });
  });

  describe('once()', () => {
    test('gives the next delivery and then lets go', async () => {
      const fixture = start(runtime, 'once.js', { args: ['value'] });
      await fixture.line('ready');
      await kill(fixture.pid, 'USR2');
      expect((await fixture.line('outcome')).info).toMatchObject({ name: 'SIGUSR2', code: 'SI_USER' });
      expect(await fixture.line('left')).toMatchObject({ kinds: ['default', 'default'], waitThreads: 0 });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    });

    test('a delivery leaves no timer behind', async () => {
      const fixture = start(runtime, 'once.js', { args: ['timeout-late'] });
      await fixture.line('ready');
      await kill(fixture.pid, 'USR2');
      expect((await fixture.line('outcome')).info).toMatchObject({ name: 'SIGUSR2' });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    });

    test.each([
      ['timeout', { error: { code: 'ERR_SIGNAL_TIMEOUT' } }],
      ['abort', { error: { code: 'ERR_SIGNAL_ABORTED' }, cause: 'changed my mind' }],
      ['aborted', { error: { code: 'ERR_SIGNAL_ABORTED' }, cause: 'beforehand' }],
    ])('%s: rejects, and nothing is left', async (name, expected) => {
      const fixture = start(runtime, 'once.js', { args: [name] });
      const outcome = await fixture.line('outcome');
      expect(outcome).toMatchObject(expected);
      expect(outcome.error).toMatchObject({ name: 'SignalError', isSignalError: true });
      expect(await fixture.line('left')).toMatchObject({ kinds: ['default', 'default'], waitThreads: 0 });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    });
  });
});
