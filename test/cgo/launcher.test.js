// `sigbridge run`: what it passes through, and what its preload library changes in the program.
'use strict';

const { describe, expect } = require('@jest/globals');
const { ROOT } = require('../helpers/runtimes');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { blockable, openOf } = require('./masks');
const { HANGING, NEWEST, onRuntimes } = require('./runtimes');

/** @typedef {import('../helpers/runtimes').Runtime} Runtime */

const needed = [built('actions')];
const MIB = 1024 * 1024;
const SA_ONSTACK = 0x08000000n;
const SIGPWR = 30;
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];

/**
 * @param {Runtime} runtime
 * @param {(string | number)[]} args of the program
 * @param {string[]} [options] of the launcher
 * @param {Record<string, string>} [env]
 */
function launch(runtime, args, options = [], env = {}) {
  const launcher = [`${ROOT}/lib/cli/main.js`, 'run', ...options, '--', runtime.path, ...runtime.args];
  const wrapped = { ...runtime, name: `launched ${runtime.name}`, path: process.execPath, args: launcher };
  return start(wrapped, '../cgo/programs/launched.js', { args, env });
}

onRuntimes(NEWEST, (runtime) => {
  describe('passes through', () => {
    for (const code of [0, 7, 255]) {
      testWith(needed, `exit code ${code}`, async () => {
        const fixture = launch(runtime, ['exit', code]);
        expect(await fixture.closed).toMatchObject({ code, signal: null, stderr: '' });
      });
    }

    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGABRT']) {
      testWith(needed, `the end by ${signal}`, async () => {
        expect(await launch(runtime, ['signal', signal]).closed).toMatchObject({ code: null, signal });
      });
    }

    testWith(needed, 'arguments, the environment, standard input and output', async () => {
      const words = ['two words', '--report', '--', '', '$HOME "quoted"'];
      const told = launch(runtime, ['arguments', ...words], [], { LD_PRELOAD: 'libm.so.6' });
      const { rest, preload } = await told.line('arguments');
      expect(rest).toEqual(words);
      expect(preload).toMatch(/sigbridge_preload\.so:libm\.so\.6$/);
      const echo = launch(runtime, ['echo']);
      await echo.line('ready');
      echo.tell('say here');
      expect((await echo.line('said')).text).toBe('here');
      echo.tell('end');
      expect(await echo.closed).toMatchObject({ code: 0, stderr: '' });
    });

    testWith(needed, 'each signal sent to the launcher, once', async () => {
      const fixture = launch(runtime, ['listen', ...FORWARDED, 'SIGALRM']);
      const { pid } = await fixture.line((line) => line.pid !== undefined);
      expect(pid).not.toBe(fixture.pid);
      /** @type {Record<string, number>} */
      const expected = {};
      for (const signal of FORWARDED) {
        fixture.send(/** @type {NodeJS.Signals} */ (signal));
        expected[signal] = 1;
        // A second one would show in the counts of a later signal.
        expect((await fixture.line('signal')).counts).toEqual(expected);
      }
      process.kill(pid, 'SIGALRM');
      expect((await fixture.line('signal')).counts).toEqual({ ...expected, SIGALRM: 1 });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    });
  });

  describe('handlers and threads of the program', () => {
    /** @type {Promise<import('../helpers/fixture').Fixture> | undefined} */
    let ran;
    async function run() {
      const fixture = launch(runtime, ['handlers'], ['--report']);
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
      return fixture;
    }
    const both = [...needed, built('addon'), built('ordinary')];

    testWith(both, 'every handler is safe for a goroutine, native ones too', async () => {
      ran ??= run();
      const [{ picture, work }] = (await ran).allOf('handlers');
      const left = new Set([32, 33, ...(runtime.kind === 'bun' ? [SIGPWR] : [])]);
      /** @type {{ signo: number, flags: string, mask: string }[]} */
      const judged = picture.filter((/** @type {{ signo: number }} */ { signo }) => !left.has(signo));
      // sigaction() and signal() of an addon, process.on before and after the load.
      expect(judged.map(({ signo }) => signo)).toEqual(expect.arrayContaining([1, 14, 12, 15]));
      for (const one of judged) {
        const onStack = (BigInt(`0x${one.flags}`) & SA_ONSTACK) !== 0n;
        expect({ ...one, onStack, open: openOf(one.mask, blockable(runtime)) }).toMatchObject({
          onStack: true,
          open: [],
        });
      }
      expect(work).toBe(0);
    });

    testWith(both, 'threads have 8 MiB of stack at least, and the mask they would have had', async () => {
      ran ??= run();
      const [{ threads }] = (await ran).allOf('threads');
      expect(threads.map((/** @type {any} */ { stack }) => stack)).toEqual([8 * MIB, 8 * MIB, 16 * MIB]);
      for (const thread of threads) {
        // POSIX takes attributes as const.
        const kept = thread.asked > 0 ? thread.asked : expect.any(Number);
        expect(thread).toMatchObject({ failure: 0, same: true, kept });
      }
    });

    testWith(both, '--report: a line a repair, on standard error', async () => {
      ran ??= run();
      const lines = (await ran).stderr.split('\n').filter((line) => line.startsWith('sigbridge: '));
      expect(lines).toEqual(expect.arrayContaining(['sigbridge: repaired the handler of signal 12']));
      expect(lines).toEqual(expect.arrayContaining(['sigbridge: repaired the handler of signal 15']));
      const kept = 'sigbridge: kept the suspend signal off the alternate stack: 30';
      expect(lines.includes(kept)).toBe(runtime.kind === 'bun');
      expect(
        lines.filter(
          (line) => line !== kept && !/^sigbridge: repaired the handler of signal \d+$/.test(line),
        ),
      ).toEqual([]);
    });

    testWith(both, 'without --report nothing is said', async () => {
      expect(await launch(runtime, ['handlers']).closed).toMatchObject({ code: 0, stderr: '' });
    });
  });

  testWith(needed, 'a tool that the program starts is left alone', async () => {
    const fixture = launch(runtime, ['child']);
    const { code, stdout, stderr } = await fixture.closed;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('trapped');
  });
});

onRuntimes(HANGING, (runtime) => {
  testWith(
    [...needed, built('addon'), built('ordinary')],
    'the suspend signal is never given SA_ONSTACK',
    async () => {
      if (runtime.kind !== 'bun') return;
      const fixture = launch(runtime, ['handlers']);
      const { picture } = await fixture.line('handlers');
      const suspend = picture.find((/** @type {{ signo: number }} */ { signo }) => signo === SIGPWR);
      expect(BigInt(`0x${suspend.flags}`) & SA_ONSTACK).toBe(0n);
      expect(await fixture.closed).toMatchObject({ code: 0 });
    },
  );
});
