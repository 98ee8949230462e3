// After the last close() the process is as it was before the first call: dispositions with their flags, every
// thread's mask, the number of threads, the descriptors.
'use strict';

const os = require('node:os');
const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { expectSame, waitThreads } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

/** @typedef {import('../helpers/fixture').StartOptions} StartOptions */
/** @typedef {import('../helpers/pictures').Thread} Thread */

const foreignHandler = tool('foreign_handler', 'preload');
const SIGHUP_IGNORED = ['sh', '-c', 'trap "" HUP; exec "$@"', 'sh'];
eachRuntime((runtime) => {
  /**
   * @param {string[]} args
   * @param {StartOptions} [options]
   */
  async function pictures(args, options) {
    const fixture = start(runtime, 'footprint.js', { args, ...options });
    const before = await fixture.line('before');
    const during = await fixture.line('during');
    const closed = await fixture.line('closed');
    const after = await fixture.line('after');
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    // What close() has to have done when it returns is not a matter of waiting.
    expect(waitThreads(during)).toHaveLength(1);
    expect(waitThreads(closed)).toEqual([]);
    expect(closed.actions).toEqual(before.actions);
    for (const { ours: isOurs } of during.actions) expect(isOurs).toBe(true);
    expectSame(runtime, before, after);
    return { fixture, before };
  }

  test('a signal that had its default', async () => {
    const { before } = await pictures(['plain', 'SIGUSR2']);
    expect(before.actions[0]).toMatchObject({ kind: 'default', ours: false });
  });

  test('a signal that came in ignored', async () => {
    const { before } = await pictures(['plain', 'SIGHUP', 'SIGPIPE'], { wrapper: SIGHUP_IGNORED });
    const [hup, pipe] = before.actions;
    // Node undoes at its start what it came in with; Deno 2 puts a handler over it in its first second.
    if (runtime.kind === 'bun') expect(hup).toMatchObject({ kind: 'ignore' });
    expect(pipe).toMatchObject({ kind: 'ignore' });
  });

  test("signals for which the runtime has handlers of its own, Node's with SA_RESETHAND", async () => {
    const { before } = await pictures(['plain', 'SIGTERM', 'SIGINT', 'SIGUSR1']);
    const [term, int, usr1] = before.actions;
    if (runtime.kind !== 'node') return;
    expect(term).toMatchObject({ kind: 'handler', flags: ['SA_RESETHAND'], ours: false });
    expect(int).toMatchObject({ kind: 'handler', flags: ['SA_RESETHAND'], ours: false });
    expect(usr1).toMatchObject({ kind: 'handler', flags: [], ours: false });
  });

  test('SIGCHLD, SIGWINCH and SIGURG, whose default does nothing', async () => {
    await pictures(['plain', 'SIGCHLD', 'SIGWINCH', 'SIGURG']);
  });

  testWith([foreignHandler], "another library's handler, flags and all; it is called meanwhile", async () => {
    const { fixture, before } = await pictures(['plain', 'SIGUSR2'], {
      env: {
        LD_PRELOAD: String(foreignHandler.path),
        FOREIGN_SIGNAL: String(os.constants.signals.SIGUSR2),
        // SA_NODEFER | SA_RESTART | SA_ONSTACK
        FOREIGN_FLAGS: '58000000',
      },
    });
    const [action] = before.actions;
    expect(action).toMatchObject({ kind: 'handler', library: foreignHandler.path });
    expect(action.flags.sort()).toEqual(['SA_NODEFER', 'SA_ONSTACK', 'SA_RESTART']);
    expect(fixture.allOf('foreign')).toHaveLength(1);
  });

  test('real-time signals, which other threads were made to leave alone', async () => {
    await pictures(['plain', 'SIGRTMIN', 'SIGRTMIN+1', 'SIGRTMIN+7', 'SIGRTMAX']);
  });

  test('real-time signals of a Worker', async () => {
    await pictures(['worker', 'SIGRTMIN', 'SIGRTMAX', 'SIGUSR2']);
  });

  test('real-time signals of a Worker that starts threads meanwhile', async () => {
    const fixture = start(runtime, 'footprint.js', { args: ['busy-worker', 'SIGRTMIN', 'SIGRTMAX'] });
    const before = await fixture.line('before');
    const after = await fixture.line('after');
    expect(waitThreads(after)).toEqual([]);
    const masked = after.threads.filter((/** @type {Thread} */ { tid, SigBlk }) => {
      const earlier = before.threads.find((/** @type {Thread} */ thread) => thread.tid === tid);
      // Bits 33 and above are the real-time signals'; a thread may have been born with all blocked (Bun's memory
      // scavenger), none may have got there.
      return BigInt(`0x${SigBlk}`) >> 33n !== BigInt(`0x${earlier?.SigBlk ?? 0}`) >> 33n;
    });
    expect(masked).toEqual([]);
  });
});
