// What a load of Go leaves behind: masks of Go's threads and of ours, and what the report says of it.
'use strict';

const { describe, expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { OPENED_BY_GO, blockable, numbersOf, openOf, suspendSignals } = require('./masks');
const { NEWEST, OLD_BUN, onRuntimes } = require('./runtimes');

const needed = [built('actions'), built('addon'), built('library'), built('loader')];
const SA_ONSTACK = 0x08000000n;

onRuntimes([...NEWEST, OLD_BUN], (runtime) => {
  /** @param {string} mode */
  async function loaded(mode) {
    const fixture = start(runtime, '../cgo/programs/load.js', { args: [mode] });
    const found = await fixture.line('loaded');
    expect(await fixture.closed).toMatchObject({ code: 0 });
    return found;
  }
  const suspend = suspendSignals(runtime);
  const required = blockable(runtime, OPENED_BY_GO);
  /** @param {{ name: string, SigBlk: string }} thread */
  const holes = (thread) => openOf(thread.SigBlk, required);

  testWith(needed, "unguarded, Go's threads are open: there is something to guard", async () => {
    const { young, locked } = await loaded('none');
    const ofGo = young.filter((/** @type {{ tid: number }} */ { tid }) => locked.includes(tid));
    expect(ofGo.filter((/** @type {any} */ thread) => holes(thread).length === 0)).toEqual([]);
    expect(ofGo).toHaveLength(4);
  });

  for (const mode of ['guard', 'mask', 'harden', 'library']) {
    describe(`loaded with ${mode}`, () => {
      testWith(needed, "Go's threads block everything, those it starts later too", async () => {
        const { report, young, locked, before, after, masked } = await loaded(mode);
        /** @type {number[]} */
        const early = report.threads.map((/** @type {{ tid: number }} */ { tid }) => tid);
        expect(early.length).toBeGreaterThan(0);
        const ofGo = young.filter((/** @type {any} */ { tid }) => [...early, ...locked].includes(tid));
        expect(ofGo.length).toBeGreaterThanOrEqual(
          mode === 'library' ? early.length : Math.max(early.length, 4),
        );
        for (const thread of ofGo)
          expect({ ...thread, open: holes(thread) }).toEqual({ ...thread, open: [] });
        // And this thread as before, at each step.
        expect(after.mask).toBe(before.mask);
        expect(masked.after).toBe(before.mask);
      });

      testWith(needed, 'the report', async () => {
        const { report, before, after } = await loaded(mode);
        const file = mode === 'library' ? 'library.so' : 'addon.node';
        expect(report.go).toBe(true);
        expect(report.libraries).toContainEqual({ path: expect.stringMatching(`/${file}$`), go: true });
        expect(report.libraries.filter((/** @type {any} */ { go }) => go)).toHaveLength(1);
        for (const thread of report.threads) {
          expect(thread).toEqual({
            tid: expect.any(Number),
            name: expect.any(String),
            blocked: expect.any(Array),
          });
          expect(thread.blocked).toEqual(expect.arrayContaining(['SIGTERM', 'SIGUSR2', 'SIGRTMIN+1']));
        }
        /** @type {string[]} */
        const changed = report.handlers.map((/** @type {any} */ { signal }) => signal);
        expect(changed).toEqual(expect.arrayContaining(['SIGURG', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGPIPE']));
        const urgent = report.handlers.find((/** @type {any} */ { signal }) => signal === 'SIGURG');
        expect(urgent.after).toMatchObject({
          kind: 'handler',
          ours: false,
          library: expect.stringMatching(`/${file}$`),
        });
        expect(urgent.before.kind).toBe('default');
        // The suspend signal is the only one that is put back, and Go has always changed it.
        const putBack = report.handlers.filter((/** @type {any} */ change) => change.putBack);
        expect(putBack.map((/** @type {any} */ { signal }) => signal)).toEqual(suspend);
        /** @param {{ signo: number }} handler */
        const isSuspend = ({ signo }) => numbersOf(suspend).includes(signo);
        expect(after.handlers.filter(isSuspend)).toEqual(before.handlers.filter(isSuspend));
        expect(before.handlers.filter(isSuspend)).toHaveLength(suspend.length);
      });
    });
  }

  testWith(needed, 'handlers are hardened after a guard, and not with { harden: false }', async () => {
    // libc keeps 32 and 33, and takes nobody's word about them.
    const exempt = [...numbersOf(suspend), 32, 33];
    /** @param {{ handlers: { signo: number, flags: string }[] }} state */
    const offStack = ({ handlers }) =>
      handlers.filter(({ signo, flags }) => !exempt.includes(signo) && (BigInt(flags) & SA_ONSTACK) === 0n);
    expect(offStack((await loaded('guard')).after)).toEqual([]);
    expect(offStack((await loaded('library')).after)).toEqual([]);
    // Go itself adds the flag to what stands before it, so that only the handlers' masks tell.
    const { before, after } = await loaded('mask');
    for (const { signo, handler, mask } of before.handlers) {
      const now = after.handlers.find((/** @type {any} */ other) => other.signo === signo);
      if (now.handler === handler) expect(now).toMatchObject({ signo, mask });
    }
  });
});
