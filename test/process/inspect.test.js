// inspect() in real processes: this one's threads, dispositions and faults; a child's under nohup, blocked, stopped, ended;
// PID 1 and a full queue; and the `sigbridge inspect` command.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterEach, beforeAll, describe, expect, test } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { ROOT, eachRuntime } = require('../helpers/runtimes');

const { ESRCH } = os.constants.errno;
const linux = process.platform === 'linux' ? describe : describe.skip;

/** @param {string[]} command */
function works([file, ...args]) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}
const NAMESPACE = ['unshare', '--pid', '--fork', '--mount-proc'];
const NO_QUEUE = ['prlimit', '--sigpending=0'];

linux('inspect()', () => {
  eachRuntime((runtime) => {
    /** @type {Record<string, any>} */
    let results = {};
    beforeAll(async () => {
      results = await runCases(start(runtime, 'inspect.js'));
    });

    test('this process: as the kernel has it, and nothing of it is changed', () => {
      const { found, ...rest } = results.self;
      expect(rest).toMatchObject({ isSame: true, isPlain: true, signals: true, rows: true, byNumber: true });
      expect(rest.running).toBe(false);
      expect(found).toMatchObject({
        pid: rest.pid,
        ppid: rest.ppid,
        self: true,
        init: false,
        go: false,
        watched: [],
        pending: [],
        children: [],
        warnings: [],
      });
      expect(found.runtime).toEqual({
        name: runtime.kind,
        version: rest.versions[runtime.kind],
        executable: rest.executable,
      });
      expect(found.libraries.map((/** @type {any} */ library) => path.basename(library.path))).toEqual(
        expect.arrayContaining([expect.stringMatching(/^(libc\b|ld-musl)/), 'sigbridge.node']),
      );
      const tids = (/** @type {{ tid: number }[]} */ list) => list.map(({ tid }) => tid);
      // A runtime starts threads for a while.
      expect(tids(rest.threads)).toEqual(expect.arrayContaining(tids(found.threads)));
      expect(found.threads[0]).toMatchObject({ tid: rest.pid, state: 'running', pending: [] });
      expect(found.takers.SIGTERM).toContain(rest.pid);
      expect(found.queued.limit === null || found.queued.limit > 0).toBe(true);
    });

    test('what is subscribed', () => {
      expect(results.subscribed).toEqual({
        watched: ['SIGUSR2', 'SIGRTMIN+3'],
        ours: true,
        beneath: 'default',
        running: true,
        after: [],
      });
    });

    test('SIGTERM blocked on every thread, and pending there', () => {
      expect(results.blocked).toEqual({
        blocked: [['blocked SIGTERM '], 0, true],
        pending: [['blocked SIGTERM ', 'pending SIGTERM '], ['SIGTERM']],
        after: [],
      });
    });

    test('a signal that was sent to a thread which blocks it', () => {
      const { pid } = results.self;
      expect(results.thread).toEqual({ warned: [`pending SIGUSR2 ${pid}`], after: [] });
    });

    test('SIGHUP ignored, SIGPIPE with its default', () => {
      expect(results.dispositions).toEqual({
        changed: ['ignored SIGHUP ', 'sigpipe-default SIGPIPE '],
        after: [],
      });
    });

    test('another process, under nohup; what it alone could tell is null', () => {
      const { pid, rest, warned, hup, isMapped, runtime: its, stats, isChild } = results.nohup;
      expect(warned).toContain('ignored SIGHUP ');
      expect(hup).toEqual({
        ...{ signal: 'SIGHUP', number: 1, kind: 'ignore' },
        ...{ flags: null, library: null, symbol: null, ours: null, beneath: null },
      });
      expect(rest).toMatchObject({
        pid,
        self: false,
        name: 'sleep',
        go: false,
        watched: null,
      });
      expect(rest.threads).toHaveLength(1);
      expect(rest.takers.SIGTERM).toEqual([pid]);
      expect(its).toEqual({ name: null, version: null, executable: expect.stringMatching(/^\//) });
      expect({ isMapped, stats }).toEqual({ isMapped: true, stats: null });
      expect(isChild).toMatchObject({ pid, name: 'sleep', blocked: [] });
    });

    test('a child that blocks SIGTERM: told by its parent, and of itself', () => {
      const { pid, ofOwn, its, pending, runtime: kind } = results.child;
      expect(ofOwn).toEqual([`child-blocks SIGTERM ${pid}`]);
      expect(its).toEqual([['blocked SIGTERM '], []]);
      expect(pending).toEqual(['blocked SIGTERM ', 'pending SIGTERM ']);
      expect(kind).toBe(runtime.kind === 'node' ? 'node' : null);
    });

    test('a process that is stopped takes nothing', () => {
      const { warned, takers } = results.stopped;
      expect(warned).toEqual(['stopped  ']);
      expect(takers.SIGTERM).toEqual([]);
    });

    test('one that has ended: not waited for yet, and gone', () => {
      const { pid, ofOwn, its, gone } = results.ended;
      expect(ofOwn).toEqual([`zombie  ${pid}`]);
      expect(its).toEqual([['zombie  '], 'zombie']);
      expect(gone).toMatchObject({ code: 'ERR_SIGNAL_SYSTEM', errno: ESRCH, syscall: 'open' });
      expect(gone.message).toMatch(/ESRCH, no such process/);
    });

    test("a thread's number stands for its process", () => {
      expect(results.threadNumber).toEqual({ self: true });
    });

    test("somebody else's process: masks, but neither files nor the runtime", () => {
      if (results.stranger.cannot) return;
      expect(results.stranger).toMatchObject({
        ...{ libraries: null, go: null, executable: null, threads: true, kinds: true },
      });
    });

    if (runtime.kind === 'deno') {
      test('without the right to see /proc: what this thread knows', async () => {
        const args = runtime.args.flatMap((arg) =>
          arg === '-A' ? ['--allow-ffi', '--allow-env', '--allow-sys', '--allow-read'] : arg,
        );
        const fixture = start({ ...runtime, args }, 'inspect.js', { args: ['limits'] });
        const { pid, queued, codes } = await fixture.line('limits');
        expect({ pid, queued, codes }).toEqual({ pid: fixture.pid, queued: null, codes: [] });
      });
    }

    (works([...NO_QUEUE, 'true']) ? test : test.skip)('no room in the queue', async () => {
      const fixture = start(runtime, 'inspect.js', { args: ['limits'], wrapper: NO_QUEUE });
      const { codes, queued, init } = await fixture.line('limits');
      expect({ codes, limit: queued.limit, init }).toEqual({ codes: ['queue-full'], limit: 0, init: false });
    });

    (works([...NAMESPACE, 'true']) ? test : test.skip)('PID 1 without a handler of its own', async () => {
      const fixture = start(runtime, 'inspect.js', { args: ['limits'], wrapper: NAMESPACE });
      expect(await fixture.line('limits')).toMatchObject({ pid: 1, init: true, codes: ['init-default'] });
    });
  });
});

linux('sigbridge inspect', () => {
  const CLI = path.join(ROOT, 'lib/cli/main.js');
  /** @type {import('node:child_process').ChildProcess[]} */
  const children = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** @param {string[]} args @param {Record<string, string>} [env] */
  function sigbridge(args, env = {}) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'inspect', ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      timeout: 30_000,
    });
    return { status, stdout, stderr };
  }

  /** @param {string[]} command @param {import('node:child_process').SpawnOptions} [options] */
  function launch([file, ...args], options = { stdio: 'ignore' }) {
    const child = spawn(file, args, options);
    children.push(child);
    return child;
  }

  /** A `sleep` under nohup, once it is one. */
  async function startSleeper() {
    const { pid } = launch(['nohup', 'sleep', '60']);
    const isThere = () => fs.readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n';
    for (const end = Date.now() + 10_000; !isThere() && Date.now() < end; );
    return String(pid);
  }

  /** @param {import('node:child_process').ChildProcess} child @param {(text: string) => boolean} condition */
  function output(child, condition) {
    let text = '';
    return /** @type {Promise<string>} */ (
      new Promise((resolve, reject) => {
        child.stdout?.setEncoding('utf8').on('data', (part) => {
          text += part;
          if (condition(text)) resolve(text);
        });
        child.once('close', () => reject(new Error(`it ended: ${text}`)));
      })
    );
  }

  test('plain text into a pipe, JSON, and the exit status', async () => {
    const pid = await startSleeper();
    const text = sigbridge([pid]);
    expect(text).toMatchObject({ status: 0, stderr: '' });
    expect(text.stdout).toMatch(
      new RegExp(`^Process   ${pid} sleep, [a-z ]+, parent ${process.pid}, 1 thread\n`),
    );
    expect(text.stdout).toContain('  SIGHUP  ignored\n');
    expect(text.stdout).toMatch(/\nWarnings \(1\)\n! SIGHUP is ignored: .*\n$/);
    expect(text.stdout).not.toMatch(/\p{Cc}\[/u);

    const json = sigbridge([pid, '--json', '--check']);
    expect(json).toMatchObject({ status: 3, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      pid: Number(pid),
      warnings: [{ code: 'ignored', signal: 'SIGHUP' }],
    });
    const { pid: calm } = launch(['sleep', '60']);
    expect(sigbridge([String(calm), '--check'])).toMatchObject({ status: 0 });
  });

  test('refused: no process, a wrong one, no such option', () => {
    const refused = [
      [sigbridge([]), 2, /^sigbridge: inspect: which process\? Write: sigbridge inspect PID/],
      [sigbridge(['4194305']), 1, /^sigbridge: inspect: .*ESRCH, no such process\n$/],
      [sigbridge(['1', '--colour']), 2, /^sigbridge: inspect: no option '--colour'/],
    ];
    for (const [{ status, stdout, stderr }, expected, words] of /** @type {any[]} */ (refused)) {
      expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
      expect(stderr).toMatch(words);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
  });

  test.each(['SIGINT', 'SIGTERM'])('--watch appends into a pipe until %s', async (signal) => {
    const pid = await startSleeper();
    const watch = launch([process.execPath, CLI, 'inspect', pid, '--json', '--watch', '0.1'], {
      stdio: 'pipe',
    });
    const text = await output(watch, (all) => all.split('\n').length > 3);
    const lines = text.split('\n').slice(0, 3);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ pid: Number(pid) });
    const ended = new Promise((resolve) => watch.once('exit', (code, by) => resolve({ code, by })));
    watch.kill(/** @type {NodeJS.Signals} */ (signal));
    expect(await ended).toEqual({ code: 0, by: null });
  });

  test("--watch ends with the process; a reader's end ends it too", async () => {
    const sleeper = launch(['sleep', '60']);
    const watch = launch([process.execPath, CLI, 'inspect', String(sleeper.pid), '--watch=0.1'], {
      stdio: 'pipe',
    });
    await output(watch, (all) => all.includes('No warnings'));
    let stderr = '';
    watch.stderr?.on('data', (part) => {
      stderr += part;
    });
    const ended = new Promise((resolve) => watch.once('close', resolve));
    sleeper.kill('SIGKILL');
    expect(await ended).toBe(0);
    expect(stderr).toBe(`sigbridge: process ${sleeper.pid} has ended\n`);

    const command = `"$0" "$1" inspect ${process.pid} --watch=0.1 | head -n 1`;
    const {
      status,
      stdout,
      stderr: silence,
    } = spawnSync('sh', ['-c', command, process.execPath, CLI], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ status, silence }).toEqual({ status: 0, silence: '' });
    expect(stdout).toMatch(/every 0.1 s/);
  });

  (works(['script', '--version']) ? test : test.skip)(
    'a terminal: its width, colours, redrawn with the warnings first',
    async () => {
      const pid = await startSleeper();
      /** @param {string} options @param {Record<string, string>} env */
      const terminal = (options, env) => {
        const command = `stty cols 50 rows 14; exec ${process.execPath} ${CLI} inspect ${pid} ${options}`;
        const { NO_COLOR, ...inherited } = process.env;
        return launch(['script', '-qec', command, '/dev/null'], {
          stdio: 'pipe',
          env: { ...inherited, TERM: 'xterm', ...env },
        });
      };
      const lines = await output(terminal('', {}), (all) => all.includes('SIGHUP is ignored'));
      expect(lines).toContain('\x1b[1mProcess');
      for (const line of lines.replace(/\p{Cc}\[\d+m/gu, '').split('\r\n'))
        expect(line.length).toBeLessThanOrEqual(50);
      const plain = await output(terminal('', { NO_COLOR: '1' }), (all) => all.includes('SIGHUP is ignored'));
      expect(plain).not.toContain('\x1b');

      const watch = terminal('--watch 0.1', {});
      const screens = await output(watch, (all) => all.split('\x1b[J').length > 3);
      expect(screens.startsWith('\x1b[2J\x1b[H')).toBe(true);
      // What the terminal has no room for is told, not scrolled.
      expect(screens.split('\x1b[J')[1].split('\n').length).toBeLessThanOrEqual(14);
      expect(screens).toMatch(/\.\.\. \d+ lines more/);
      expect(screens.split('\x1b[J')[1]).toContain('Warnings (1)');
      const ended = new Promise((resolve) => watch.once('close', resolve));
      watch.stdin?.write('\x03');
      expect(await ended).toBe(0);
    },
  );
});
