// What SECURITY.md promises: nothing of ours leaks into another program, what goes through our pipes means nothing, a
// signal's contents are data, and the preload library leaves programs with more rights alone.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { ROOT, eachRuntime } = require('../helpers/runtimes');
const { findStrace, testWith, tool } = require('../helpers/tools');

/** @typedef {{ fd: number, what: string, flags: string }} Descriptor */

const forge = tool('forge', 'program');
const strace = findStrace();
const SIGRTMIN = 34;
const O_CLOEXEC = 0o2000000;
const BACKENDS = ['self-pipe', 'signalfd'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-security-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

eachRuntime((runtime) => {
  test.each(BACKENDS)('every descriptor is close-on-exec, %s', async (backend) => {
    const fixture = start(runtime, 'secure.js', { env: { SIGBRIDGE_BACKEND: backend } });
    const { ours } = await fixture.line('descriptors');
    const kinds = ours.map((/** @type {Descriptor} */ { what }) => what.replace(/:\[\d+\]$/, ''));
    // The doorbell (the waiting Worker's comes and goes), the process handle, and what the thread that watches it has.
    expect(kinds.filter((/** @type {string} */ kind) => kind === 'pipe').length).toBeGreaterThanOrEqual(2);
    expect(kinds).toEqual(expect.arrayContaining(['anon_inode:[pidfd]', 'anon_inode:[eventfd]']));
    if (backend === 'signalfd' && runtime.kind === 'node') expect(kinds).toContain('anon_inode:[signalfd]');
    const open = ours.filter(
      (/** @type {Descriptor} */ { flags }) => (Number.parseInt(flags, 8) & O_CLOEXEC) === 0,
    );
    expect(open).toEqual([]);
  });

  testWith(
    [strace],
    'what is written to our pipes is one and the same byte, whatever the signals carry',
    async () => {
      const log = path.join(folder, `strace-${runtime.name}`);
      const args = ['-f', '-e', 'trace=write', '-e', 'signal=none', '-o', log, runtime.path, ...runtime.args];
      const fixture = start({ ...runtime, path: 'strace', args }, 'secure.js', {
        env: { SIGBRIDGE_BACKEND: 'self-pipe' },
      });
      const { ours } = await fixture.line('descriptors');
      await fixture.line('ready');
      fixture.tell('send 20');
      let told = 0;
      while (told < 20) told += (await fixture.line((line) => line.name === 'SIGRTMIN+1')).count;
      fixture.tell('end');
      expect(await fixture.closed).toMatchObject({ code: 0 });
      const pipes = ours
        .filter((/** @type {Descriptor} */ { what }) => what.startsWith('pipe:'))
        .map((/** @type {Descriptor} */ { fd }) => fd);
      const text = fs.readFileSync(log, 'utf8');
      const since = text.indexOf('\\"event\\":\\"descriptors\\"');
      expect(since).toBeGreaterThan(0);
      const written = [...text.slice(since).matchAll(/^\d+ +write\((\d+), ("(?:\\.|[^"\\])*"\.*)/gm)]
        .filter(([, fd]) => pipes.includes(Number(fd)))
        .map(([, , bytes]) => bytes);
      expect(new Set(written)).toEqual(new Set(['"\\1"']));
    },
  );

  testWith(
    [forge],
    'a signal that claims to be our own, with an address in it, is a signal like any other',
    async () => {
      const fixture = start(runtime, 'secure.js');
      await fixture.line('ready');
      // -119 marks the visits with which we ask a thread to change its mask; SI_QUEUE (-1) is what anybody may send.
      for (const signo of [os.constants.signals.SIGURG, SIGRTMIN + 1]) {
        for (const value of ['41414141', 'ffffffffffffffff']) {
          const valueBits = String(BigInt(`0x${value}`));
          execFileSync(`${forge.path}`, [fixture.pid, signo, -119, value].map(String));
          // Of a kind that nobody has defined no part is believed.
          expect(await fixture.line('signal')).toMatchObject({
            number: signo,
            code: '-119',
            pid: 0,
            valueBits: '0',
          });
          execFileSync(`${forge.path}`, [fixture.pid, signo, -1, value].map(String));
          const told = { number: signo, code: 'SI_QUEUE', pid: fixture.pid, valueBits };
          expect(await fixture.line('signal')).toMatchObject(told);
        }
      }
      fixture.tell('end');
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    },
  );
});

describe('the preload library', () => {
  const library = path.join(folder, 'sigbridge_preload.so');
  const program = path.join(folder, 'host');
  const NOBODY = 65534;

  /** @returns {string} why it cannot be tried here; empty when it can */
  function prepare() {
    if (process.getuid?.() !== 0) return 'needs root, to make a program setuid';
    fs.chmodSync(folder, 0o755);
    fs.copyFileSync(path.join(ROOT, 'build/Release/sigbridge_preload.so'), library);
    // Not by LD_PRELOAD: the dynamic linker ignores that one by itself.
    const source = path.join(ROOT, 'test/native-tools/trusted_host.c');
    const { status, error } = spawnSync('cc', [
      '-rdynamic',
      '-Wl,--no-as-needed',
      '-o',
      program,
      source,
      library,
    ]);
    if (error !== undefined || status !== 0) return 'there is no cc to link a program with';
    fs.chmodSync(program, 0o4755);
    return run({ uid: NOBODY, gid: NOBODY }).secure === 1
      ? ''
      : 'setuid means nothing in the folder for temporary files';
  }
  /** @param {{ uid?: number, gid?: number }} [as] @returns {{ secure: number, onStack: number }} */
  const run = (as = {}) => JSON.parse(execFileSync(program, { ...as, encoding: 'utf8' }));

  const reason = prepare();
  const title = 'does nothing in a program that has more rights than its caller';
  if (reason !== '') test.skip(`${title}: ${reason}`, () => {});
  else {
    test(title, () => {
      expect(run()).toEqual({ secure: 0, onStack: 1 });
      expect(run({ uid: NOBODY, gid: NOBODY })).toEqual({ secure: 1, onStack: 0 });
    });
  }
});
