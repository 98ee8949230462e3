// harden(): which handlers it repairs and how, that undo() leaves nothing, and what it sees coming later.
'use strict';

const { describe, expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { blockable, openOf } = require('./masks');
const { HANGING, NEWEST, onRuntimes } = require('./runtimes');

const needed = [built('actions')];
const SA_ONSTACK = 0x08000000n;
const [SIGUSR2, SIGTERM, SIGHUP, SIGALRM, SIGPWR, SIGCHLD] = [12, 15, 1, 14, 30, 17];
// libc keeps them, and takes nobody's word about them.
const LIBC = [32, 33];

/** @typedef {{ signo: number, flags: string, mask: string }[]} Picture */

onRuntimes([...NEWEST, ...HANGING], (runtime) => {
  const suspend = runtime.kind === 'bun' ? [SIGPWR] : [];
  /** @param {string} scenario */
  const begin = (scenario) => start(runtime, '../cgo/programs/harden.js', { args: [scenario] });
  /**
   * Handlers that a goroutine would not survive.
   * @param {Picture} picture
   */
  function unsafe(picture) {
    const judged = picture.filter(({ signo }) => ![...suspend, ...LIBC].includes(signo));
    return judged.filter(
      ({ flags, mask }) =>
        (BigInt(`0x${flags}`) & SA_ONSTACK) === 0n || openOf(mask, blockable(runtime)).length > 0,
    );
  }
  /** @param {Picture} picture @param {number[]} signos */
  const only = (picture, signos) => picture.filter(({ signo }) => signos.includes(signo));

  describe('undo', () => {
    testWith(needed, 'harden() twice, undo() of both: every bit as before', async () => {
      const fixture = begin('undo');
      const before = await fixture.line('before');
      expect(unsafe(before.picture).length).toBeGreaterThanOrEqual(3);
      const hardened = await fixture.line('hardened');
      expect(unsafe(hardened.picture)).toEqual([]);
      expect(hardened.repaired).toEqual(expect.arrayContaining(['SIGHUP', 'SIGUSR2', 'SIGTERM']));
      // Never the suspend signal; in Bun it is there to be left alone.
      expect(only(hardened.picture, suspend)).toEqual(only(before.picture, suspend));
      expect(only(hardened.picture, suspend)).toHaveLength(suspend.length);
      expect(await fixture.line('again')).toMatchObject({ repaired: [], picture: hardened.picture });
      const closed = { error: { name: 'SignalError', code: 'ERR_SIGNAL_CLOSED' } };
      expect(await fixture.line('one undone')).toMatchObject({ picture: hardened.picture, twice: closed });
      expect(await fixture.line('all undone')).toMatchObject({
        state: before.state,
        unwrapped: true,
        twice: closed,
      });
      expect((await fixture.line('later')).flags).not.toContain('SA_ONSTACK');
      expect(unsafe((await fixture.line('once more')).picture)).toEqual([]);
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
    });

    testWith(needed, 'what was taken away meanwhile stays away', async () => {
      const fixture = begin('undo over a listener of another');
      const { kind } = await fixture.line('undone');
      // Deno's handlers stay for good.
      expect(kind).toBe(runtime.kind === 'deno' ? 'handler' : 'default');
      expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
    });
  });

  testWith(needed, 'listeners and subscriptions that come later', async () => {
    const fixture = begin('later listeners');
    const { once, microtask } = await fixture.line('listener');
    if (runtime.kind === 'node') expect(once).toContain('SA_ONSTACK');
    expect(microtask).toContain('SA_ONSTACK');
    for (const event of ['more', 'taken away and back']) {
      const { picture } = await fixture.line(event);
      expect(only(picture, [SIGUSR2, SIGHUP, SIGALRM, SIGTERM])).toHaveLength(4);
      expect(unsafe(picture)).toEqual([]);
    }
    await fixture.kill();
  });

  testWith([...needed, built('addon')], 'an addon that comes later is loaded under a guard', async () => {
    const fixture = begin('later load');
    expect(await fixture.line('load')).toMatchObject({ go: true, work: 0, same: true });
    // The Go runtime stays, and so does what protects from it.
    expect(unsafe((await fixture.line('undone')).picture)).toEqual([]);
    expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
  });

  testWith(
    needed,
    "child_process: the runtime's own SIGCHLD handler, and 'exit' events as ever",
    async () => {
      const fixture = begin('children');
      const { picture } = await fixture.line('child');
      // Only Node listens to SIGCHLD.
      expect(only(picture, [SIGCHLD])).toHaveLength(runtime.kind === 'node' ? 1 : 0);
      expect(unsafe(picture)).toEqual([]);
      expect((await fixture.line('ended')).code).toBe(0);
      expect((await fixture.line('second')).code).toBe(0);
      expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
    },
  );

  testWith(needed, 'it does not keep the process alive', async () => {
    const fixture = begin('nothing holds the process');
    await fixture.line('ends');
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});
