// Children that are started in every way there is, and a program that takes the process over: they have no mask, no
// disposition and no descriptor of ours, and reach nobody in the parent.
'use strict';

const os = require('node:os');
const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

/** @typedef {import('../helpers/fixture').Line} Line */
/** @typedef {import('../helpers/runtimes').Runtime} Runtime */

const forker = tool('forker', 'addon');
const program = tool('heritage', 'program');
const { SIGHUP, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH } = os.constants.signals;
const SIGRTMIN = 34;
const WATCHED = [SIGUSR2, SIGPIPE, SIGTERM, SIGWINCH, SIGRTMIN, SIGRTMIN + 3];
const NATIVE = ['fork', 'fork-exec', 'vfork-exec', 'posix_spawn'];
const STATES = ['subscribed', 'section', 'pushed', 'ignored', 'closed'];

/** Handlers become the default by exec. @param {string} dispositions */
const afterExec = (dispositions) => dispositions.replaceAll('H', 'D');

/** @param {string} dispositions @param {number[]} signals @param {string} letter */
const withLetter = (dispositions, signals, letter) =>
  dispositions.replace(/./g, (old, at) => (signals.includes(at + 1) ? letter : old));

/** @param {Runtime} runtime */
const hasExecve = ({ kind, version }) => {
  const [major, minor] = version.split('.').map(Number);
  return kind === 'node' ? major > 22 || (major === 22 && minor >= 15) : kind === 'bun' && minor >= 4;
};

eachRuntime((runtime) => {
  describe('a child', () => {
    const tools = [forker, program];
    /** @type {Promise<{ children: Line[], lines: (event: string) => Line[] }> | undefined} */
    let ran;
    const run = () => {
      ran ??= (async () => {
        const fixture = start(runtime, 'heritage.js', { args: [`${forker.path}`, `${program.path}`] });
        expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
        return {
          children: fixture.allOf('child'),
          lines: (/** @type {string} */ event) => fixture.allOf(event),
        };
      })();
      return ran;
    };
    /** @param {Line[]} children @param {string} state */
    const byWay = (children, state) =>
      new Map(children.filter((child) => child.state === state).map((child) => [child.way, child]));

    testWith(tools, 'has the mask that it would have without us', async () => {
      const { children, lines } = await run();
      const before = byWay(children, 'before');
      // A mask of the program's own reaches all but libuv's children.
      for (const state of STATES) {
        for (const [way, { mask }] of byWay(children, state)) {
          const own =
            state === 'pushed' && !(runtime.kind === 'node' && way === 'spawnSync') ? [SIGUSR1] : [];
          // README, limitations: nobody sees these two coming.
          const unseen = runtime.kind === 'node' && ['vfork-exec', 'posix_spawn'].includes(way);
          const ours = unseen && state !== 'closed' ? [SIGRTMIN, SIGRTMIN + 3] : [];
          const held = unseen && state === 'section' ? [SIGHUP, SIGRTMIN + 5] : [];
          const expected = [...new Set([...(before.get(way)?.mask ?? []), ...own, ...ours, ...held])];
          expect({ state, way, mask }).toEqual({ state, way, mask: expected.sort((a, b) => a - b) });
        }
      }
      const born = lines('born');
      expect(born.map(({ way }) => way)).toEqual(runtime.kind === 'node' ? ['fork', 'cluster'] : ['fork']);
      for (const { SigBlk } of born) expect(SigBlk).toBe('0000000000000000');
    });

    testWith(tools, 'has no handler of ours, and ignores what was ignored', async () => {
      const { children } = await run();
      const before = byWay(children, 'before');
      const forked = before.get('fork')?.dispositions;
      expect(forked[SIGPIPE - 1]).toBe('I');
      for (const state of STATES) {
        for (const [way, { dispositions }] of byWay(children, state)) {
          let expected = before.get(way)?.dispositions;
          if (way === 'fork' && state !== 'closed') {
            const handled = WATCHED.filter((signo) => signo !== SIGPIPE);
            expected = withLetter(expected, state === 'section' ? [...handled, SIGHUP] : handled, 'D');
          }
          // Where nothing of ours runs in between, exec itself makes the default of our handler, whatever it replaced.
          if (state !== 'closed' && !['fork', 'fork-exec'].includes(way)) {
            expected = withLetter(expected, [SIGPIPE], 'D');
          }
          // restoreDefault() has taken Node's inspector away for good.
          if (state === 'closed') expected = withLetter(expected, [SIGUSR1], 'D');
          if (state === 'ignored') {
            // docs/dispositions.md: the runtimes' own children differ.
            const inherits = NATIVE.includes(way) || runtime.kind === 'deno';
            expected = withLetter(expected, [SIGUSR1], inherits ? 'I' : 'D');
          }
          if (way !== 'fork') expected = afterExec(expected);
          expect({ state, way, dispositions }).toEqual({ state, way, dispositions: expected });
        }
      }
    });

    testWith(tools, 'has no descriptor of ours', async () => {
      const { children, lines } = await run();
      const [{ before, subscribed }] = lines('descriptors');
      const ours = subscribed.filter((/** @type {string} */ line) => !before.includes(line));
      // The pipe, and the two of the thread that watches for the parent's end.
      expect(ours.length).toBeGreaterThanOrEqual(4);
      const process = ours.filter((/** @type {string} */ line) => line.includes('pidfd'));
      for (const { state, way, descriptors } of children) {
        const kept = descriptors.filter((/** @type {string} */ line) => ours.includes(line));
        // The user's own, and harmless: a handle on a process.
        const harmless = way === 'fork' ? process : [];
        expect({
          state,
          way,
          kept: kept.filter((/** @type {string} */ one) => !harmless.includes(one)),
        }).toEqual({
          state,
          way,
          kept: [],
        });
      }
    });

    testWith(
      tools,
      'that forked dies of the signal the parent listens to, and the parent hears nothing',
      async () => {
        const { children } = await run();
        for (const { state, way, ended, reached } of children.filter((child) => child.ended !== undefined)) {
          const end = way === 'fork' ? `signal ${SIGUSR2}` : 'code 0';
          expect({ state, way, ended, reached }).toEqual({ state, way, ended: end, reached: 0 });
        }
      },
    );
  });

  if (hasExecve(runtime)) {
    testWith([program], 'process.execve: the new program starts as if we had not been there', async () => {
      /** @param {string} state */
      const become = async (state) => {
        const fixture = start(runtime, 'heritage.js', { args: ['execve', `${program.path}`, state] });
        const { mask, dispositions, descriptors } = await fixture.line((line) => line.mask !== undefined);
        expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
        return {
          mask,
          dispositions,
          descriptors: descriptors.map((/** @type {string} */ one) => one.split(' ')[0]),
        };
      };
      const untouched = await become('untouched');
      expect(untouched.mask).toEqual([]);
      // As above.
      const expected = { ...untouched, dispositions: withLetter(untouched.dispositions, [SIGPIPE], 'D') };
      expect(await become('subscribed')).toEqual(expected);
      expect(await become('section')).toEqual(expected);
    });
  } else {
    test.skip('process.execve: this runtime has none', () => {});
  }
});
