// A program's orderly end, as its parent sees it: code, signal, standard error and time.
'use strict';

const { spawnSync } = require('node:child_process');
const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

/** @typedef {import('../helpers/fixture').Fixture} Fixture */

const canUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

eachRuntime((runtime) => {
  /** @param {string} which @param {object} [options] @param {import('../helpers/fixture').StartOptions} [more] */
  const run = (which, options = {}, more = {}) =>
    start(runtime, 'shutdown.js', { args: [which, JSON.stringify(options)], ...more });

  /** Sends SIGTERM when it is ready, waits for its end. @param {Fixture} fixture */
  async function terminate(fixture) {
    await fixture.line('ready');
    const begun = performance.now();
    fixture.send('SIGTERM');
    const ending = await fixture.closed;
    return { ...ending, took: performance.now() - begun };
  }

  /** @param {{ took: number }} ending */
  function expectOnTime({ took }) {
    expect(took).toBeGreaterThan(490);
    expect(took).toBeLessThan(1000);
  }

  const steps = (/** @type {Fixture} */ fixture) =>
    fixture.allOf('step').map(({ name, state }) => `${name} ${state}`);

  describe('the deadline is kept', () => {
    const STUCK =
      /^sigbridge: shutdown by SIGTERM: time is up after 50\d ms: the event loop has been stuck for 50\d ms; ending by SIGTERM\n$/;

    test.each(['spin', 'native', 'wait', 'heap'])('while the event loop is stuck: %s', async (which) => {
      const isBun12 = runtime.version.startsWith('1.2.');
      if (isBun12 && which === 'native') return;
      const flags = '--max-old-space-size=96';
      /** @type {Record<string, string>} */
      const env = which === 'heap' ? { NODE_OPTIONS: flags, DENO_V8_FLAGS: flags } : {};
      const ending = await terminate(run(which, {}, { env }));
      expect(ending).toMatchObject({ code: null, signal: 'SIGTERM', stderr: expect.stringMatching(STUCK) });
      expectOnTime(ending);
    });

    test('a trace that runs is written then', async () => {
      const { signal, stderr } = await terminate(run('traced'));
      expect(signal).toBe('SIGTERM');
      expect(stderr).toMatch(/; ending by SIGTERM\nsigbridge trace of process \d+: .*handler-in +SIGTERM/s);
    });

    test('in a step that never returns, and in one that never settles: told which', async () => {
      const [stuck, slow] = await Promise.all([terminate(run('stuck step')), terminate(run('slow steps'))]);
      expect(stuck).toMatchObject({ code: null, signal: 'SIGTERM' });
      expect(stuck.stderr).toMatch(
        /: the event loop has been stuck for \d+ ms, in step 'database'; ending by SIGTERM\n$/,
      );
      expectOnTime(stuck);
      expect(slow).toMatchObject({ code: null, signal: 'SIGTERM' });
      expect(slow.stderr).toMatch(/: steps 'cache', 'data\?base' not finished; ending by SIGTERM\n$/);
      expectOnTime(slow);
    });

    test('in a listener of the exit; with a code that was chosen', async () => {
      const [signalled, coded, slow] = await Promise.all([
        terminate(run('exit hangs')),
        terminate(run('spin', { exit: 'code' })),
        terminate(run('slow steps', { exit: 7 })),
      ]);
      expect(signalled).toMatchObject({ code: null, signal: 'SIGTERM' });
      expectOnTime(signalled);
      expect(coded).toMatchObject({
        code: 143,
        signal: null,
        stderr: expect.stringContaining('ending with code 143'),
      });
      expect(slow).toMatchObject({
        code: 7,
        signal: null,
        stderr: expect.stringContaining('ending with code 7'),
      });
    });

    (canUnshare ? test : test.skip)('as PID 1 of a namespace, where no signal can end it: 143', async () => {
      const wrapper = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
      const [good, stuck] = [run('orderly', {}, { wrapper }), run('spin', {}, { wrapper })];
      for (const fixture of [good, stuck]) {
        await fixture.line('ready');
        // unshare ignores it, its only child is the one.
        const child = spawnSync('pgrep', ['-P', String(fixture.pid)], { encoding: 'utf8' }).stdout.trim();
        process.kill(Number(child), 'SIGTERM');
      }
      expect(await good.closed).toMatchObject({ code: 143, signal: null });
      const ending = await stuck.closed;
      expect(ending).toMatchObject({ code: 143, signal: null });
      expect(ending.stderr).toMatch(/ending with code 143\n$/);
    });
  });

  describe('a second signal', () => {
    test('ends it at once, whatever JavaScript does', async () => {
      for (const stuck of [false, true]) {
        const fixture = run('second', { timeout: 10_000, stuck });
        await fixture.line('ready');
        fixture.send('SIGTERM');
        await fixture.line((line) => line.event === 'step');
        const begun = performance.now();
        fixture.send('SIGTERM');
        const { code, signal, stderr } = await fixture.closed;
        expect(performance.now() - begun).toBeLessThan(400);
        expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
        expect(stderr).toMatch(
          /^sigbridge: shutdown by SIGTERM: second SIGTERM after \d+ ms: step 'database' not fin/,
        );
      }
    });

    test('does nothing where it is to be ignored, and calls a function where one is given', async () => {
      const ignoring = run('second', { secondSignal: 'ignore' });
      const asking = run('function');
      for (const fixture of [ignoring, asking]) {
        await fixture.line('ready');
        fixture.send('SIGTERM');
        await fixture.line('start');
        fixture.send('SIGINT');
      }
      expect(await ignoring.line('second')).toMatchObject({ name: 'SIGINT' });
      expect((await ignoring.closed).stderr).toContain('time is up after 50');
      expect((await asking.closed).signal).toBe('SIGTERM');
    });
  });

  test('steps run phase by phase, and one that fails keeps none of the others', async () => {
    const fixture = run('orderly', { timeout: 5000 });
    const { code, signal, stderr } = await terminate(fixture);
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
    const { remaining, ...begun } = fixture.allOf('start')[0];
    expect(begun).toEqual({
      event: 'start',
      name: 'SIGTERM',
      reason: '[object Object]',
      abort: { aborted: true, code: 'ERR_SIGNAL_ABORTED', name: 'SIGTERM' },
      ready: false,
      state: 'stopping',
    });
    expect(remaining).toBeGreaterThan(4500);
    expect(steps(fixture).filter((text) => text.endsWith(' running'))).toEqual(
      ['throws', 'late', 'adds', 'added', 'rejects', 'later', 'last'].map((name) => `${name} running`),
    );
    expect(steps(fixture)).toEqual(
      expect.arrayContaining([
        'throws failed',
        'late late',
        'adds done',
        'added done',
        'rejects failed',
        'later done',
        'last done',
      ]),
    );
    const [{ passed, twice }, { over }] = fixture.allOf('refused');
    expect(passed).toMatchObject({ code: 'ERR_SIGNAL_CLOSED', message: expect.stringContaining("'passed'") });
    expect(twice).toMatchObject({
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      message: expect.stringContaining("'adds'"),
    });
    expect(over).toMatchObject({ code: 'ERR_SIGNAL_CLOSED' });
    expect(stderr).toContain("sigbridge: shutdown: 'throws' failed: no such table\n");
    expect(stderr).toContain("sigbridge: shutdown: step 'late' has not finished within 20 ms\n");
    expect(stderr).toContain("sigbridge: shutdown: 'rejects' failed: 7\n");
    expect(stderr).toContain("sigbridge: shutdown: a listener of 'step' failed: a bad listener\n");
    expect(fixture.allOf('exit')).toEqual([{ event: 'exit', code: 143 }]);
  });

  test('process.exit in a step: told, and the end is the one that was chosen', async () => {
    const [signalled, coded] = [run('exits'), run('exits', { exit: 9 })];
    const ending = await terminate(signalled);
    expect(ending).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(ending.stderr).toBe(
      "sigbridge: shutdown: the process exits (code 3) in step 'exits'; not run: 'left out'\n",
    );
    expect(await terminate(coded)).toMatchObject({ code: 9, signal: null });
  });

  test('begun by hand: code 0, or the signal that is named', async () => {
    const [plain, chosen, named] = [run('by hand'), run('by hand', { exit: 4 }), run('by name')];
    expect(await plain.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(plain.allOf('start')).toMatchObject([{ name: null, reason: 'an upgrade' }]);
    expect(await chosen.closed).toMatchObject({ code: 4, signal: null });
    expect(await named.closed).toMatchObject({ code: null, signal: 'SIGINT' });
  });

  test('by an exception or a rejection, where that is wanted: code 1', async () => {
    const both = [
      run('uncaught', { uncaughtException: true }),
      run('rejection', { unhandledRejection: true }),
    ];
    for (const fixture of both) {
      const { code, signal, stderr } = await fixture.closed;
      expect({ code, signal }).toEqual({ code: 1, signal: null });
      expect(stderr).toMatch(
        /^sigbridge: shutdown: (uncaught exception|unhandled rejection): Error: out of cheese/,
      );
      expect(fixture.allOf('start')).toMatchObject([{ reason: 'Error: out of cheese' }]);
    }
  });

  test('a stuck loop is noticed without any signal', async () => {
    const fixture = run('heartbeat', { heartbeat: 100 });
    const { code, stderr } = await fixture.closed;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^sigbridge: the event loop has been stuck for 1\d\d ms\n$/);
    expect(fixture.allOf('stuck')[0].duration).toBeGreaterThan(300);
  });

  test('children are told, awaited, and killed when they do not listen', async () => {
    const fixture = run('children', { timeout: 5000 });
    expect(await terminate(fixture)).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    const ends = fixture.allOf('child');
    expect(ends.map(({ name }) => name)).toEqual(['willing', 'deaf']);
    // Deno names the signal that it sent first, however the child ended.
    if (runtime.kind !== 'deno') {
      expect(ends).toMatchObject([
        { code: 5, signal: null },
        { code: null, signal: 'SIGKILL' },
      ]);
    }
    expect(steps(fixture)).toEqual(expect.arrayContaining(['willing done', 'deaf done', 'child done']));
    expect(steps(fixture).slice(-2)).toEqual(['after running', 'after done']);
  });

  test('one at a time; closed it leaves nothing behind', async () => {
    const fixture = run('closed');
    const ending = await terminate(fixture);
    expect(ending).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(ending.took).toBeLessThan(450);
    expect(fixture.allOf('in a Worker')).toMatchObject([{ code: 'ERR_UNSUPPORTED' }]);
    const [{ other, start: started, add, ...rest }] = fixture.allOf('closed');
    expect(other).toMatchObject({ code: 'ERR_SIGNAL_CONFLICT' });
    expect(started).toMatchObject({ code: 'ERR_SIGNAL_CLOSED' });
    expect(add).toMatchObject({ code: 'ERR_SIGNAL_CLOSED' });
    expect(rest).toEqual({ event: 'closed', state: 'closed', ready: false, remaining: null, listeners: 1 });
  });
});
