// inspect(), as far as no process is needed: what /proc says, parsed; Go's note; where there is no /proc.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, afterEach, describe, expect, test } = require('@jest/globals');
/** @type {typeof import('../../binding')} */
const sigbridge = require('../../lib');
const { render } = require('../../lib/cli/inspect-text');
const { carriesGo, hasGoNote } = require('../../lib/inspect/go-note');
const { ProcFolder, parseMaps, parseStatus } = require('../../lib/inspect/proc');

const { inspect } = sigbridge;

const STATUS = `Name:\tmy \\\\ (na:me)\\nState:\tZ
Umask:\t0022
State:\tt (tracing stop)
Tgid:\t4700
Ngid:\t0
Pid:\t4711
PPid:\t3
TracerPid:\t0
NStgid:\t4700\t1
NSpid:\t4711\t8
Threads:\t2
SigQ:\t3/96365
SigPnd:\t0000000000000200
ShdPnd:\t0000000000004000
SigBlk:\tfffffffe7bfa7a25
SigIgn:\t0000000001001000
SigCgt:\t0000000188004a02
CapInh:\t0000000000000000
`;

describe('parseStatus', () => {
  test("the kernel's text", () => {
    expect(parseStatus(STATUS)).toEqual({
      name: 'my \\ (na:me)\nState:\tZ',
      state: 'tracing stop',
      pid: 4711,
      group: 4700,
      parent: 3,
      inner: 8,
      pending: 1n << 9n,
      shared: 1n << 14n,
      blocked: 0xfffffffe7bfa7a25n,
      ignored: 0x1001000n,
      caught: 0x188004a02n,
      queued: { used: 3, limit: 96365 },
    });
  });

  test('no limit for the queue', () => {
    expect(parseStatus('SigQ:\t7/18446744073709551615\n').queued).toEqual({ used: 7, limit: null });
  });

  test('what a kernel leaves out, or writes in another way, is null', () => {
    const unknown = { pending: null, shared: null, blocked: null, ignored: null, caught: null, queued: null };
    expect(parseStatus('Name:\tx\nState:\tS (sleeping)\nPid:\t5\n')).toEqual({
      ...unknown,
      ...{ name: 'x', state: 'sleeping', pid: 5, group: 5, parent: null, inner: null },
    });
    expect(parseStatus('')).toMatchObject({ ...unknown, name: '', state: null });
    expect(parseStatus('Pid:\tx\nSigBlk:\tno\nSigQ:\t1\nState:\t\n:\n')).toMatchObject({
      ...unknown,
      state: null,
    });
  });
});

test('parseMaps: files whose code is mapped, each once', () => {
  const text = `55d0-55d1 r--p 00000000 fe:00 12 /usr/bin/node
55d1-55d2 r-xp 00001000 fe:00 12                         /usr/bin/node
55d2-55d3 r-xp 00002000 fe:00 12                         /usr/bin/node
7f00-7f01 r-xp 00000000 00:00 0
7f02-7f03 r-xp 00000000 fe:00 13                         /lib/with space and\\012newline.so (deleted)
7f04-7f05 r--p 00000000 fe:00 14                         /usr/share/data
7f06-7f07 r-xp 00000000 00:00 0                          [vdso]
7f08-7f09 rwxs 00000000 00:01 99                         /memfd:jit
`;
  expect(parseMaps(text)).toEqual([
    { path: '/usr/bin/node', range: '55d1-55d2' },
    { path: '/lib/with space and\nnewline.so (deleted)', range: '7f02-7f03' },
    { path: '/memfd:jit', range: '7f08-7f09' },
  ]);
  expect(parseMaps('')).toEqual([]);
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-inspect-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
/** @param {string} name @param {string | Buffer} content */
function file(name, content) {
  const full = path.join(folder, name);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, content);
  return full;
}

/** @param {string} owner @param {number} type @param {number} size */
function note(owner, type, size) {
  const bytes = Buffer.alloc(12 + ((owner.length + 1 + 3) & ~3) + ((size + 3) & ~3));
  for (const [index, word] of [owner.length + 1, size, type].entries()) bytes.writeUInt32LE(word, index * 4);
  bytes.write(owner, 12, 'latin1');
  return bytes;
}
const goNote = note('Go\0', 4, 83);

/** An ELF file with one segment of notes. @param {Buffer} notes @param {{ bits?: number }} [options] */
function elf(notes, { bits = 2 } = {}) {
  const header = Buffer.alloc(64 + 56);
  header.write('\x7fELF', 'latin1');
  header[4] = bits;
  header[5] = 1;
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(4, 64);
  header.writeBigUInt64LE(120n, 72);
  header.writeBigUInt64LE(BigInt(notes.length), 96);
  return Buffer.concat([header, notes]);
}

describe("Go's note", () => {
  test('is found behind others, and by its whole name', () => {
    expect(hasGoNote(goNote)).toBe(true);
    expect(hasGoNote(Buffer.concat([note('GNU', 3, 20), note('GNU', 1, 16), goNote]))).toBe(true);
    for (const other of [note('Go\0', 3, 8), note('GNU', 4, 20), note('Gox', 4, 4), goNote.subarray(0, 11)])
      expect(hasGoNote(other)).toBe(false);
    // Sizes that lead nowhere.
    expect(hasGoNote(Buffer.alloc(64, 0xff))).toBe(false);
    expect(hasGoNote(Buffer.alloc(64))).toBe(false);
  });

  test('in files', () => {
    expect(carriesGo([file('go.so', elf(goNote))])).toBe(true);
    expect(carriesGo([file('c.so', elf(note('GNU', 3, 20)))])).toBe(false);
    expect(carriesGo([file('32.so', elf(goNote, { bits: 1 }))])).toBeNull();
    expect(carriesGo([file('short', '\x7fELF')])).toBeNull();
    expect(carriesGo([file('text', 'no code')])).toBeUndefined();
    expect(carriesGo([path.join(folder, 'missing'), folder])).toBeNull();
    expect(carriesGo([path.join(folder, 'missing'), path.join(folder, 'go.so')])).toBe(true);
    expect(carriesGo(['/dev/zero'])).toBeNull();
  });
});

describe('a folder like /proc', () => {
  const root = path.join(folder, 'proc');
  const own = process.pid;
  file(`proc/${own}/status`, STATUS);
  file(`proc/${own}/task/4711/status`, STATUS);
  file(`proc/${own}/task/900/status`, STATUS.replace('4711', '900'));
  fs.mkdirSync(path.join(root, `${own}/task/5000`));
  file(`proc/${own}/task/4711/children`, '7 9 ');
  file(`proc/${own}/fdinfo/3`, 'pos:\t0\nflags:\t02\nsigmask:\t0000000000004001\n');
  file(`proc/${own}/fdinfo/5`, 'sigmask:\t0000000000000002\n');
  fs.mkdirSync(path.join(root, `${own}/fd`));
  for (const [fd, target] of [
    ['3', 'anon_inode:[signalfd]'],
    ['4', '/dev/null'],
    ['5', 'anon_inode:[signalfd]'],
    ['6', 'anon_inode:[signalfd]'],
  ])
    fs.symlinkSync(target, path.join(root, `${own}/fd/${fd}`));
  const proc = new ProcFolder(own, root);

  test('threads in order, without those that have gone; children; signalfds', () => {
    expect(proc.threads().map(({ pid }) => pid)).toEqual([900, 4711]);
    expect(proc.children([900, 4711])).toEqual([7, 9]);
    expect(proc.children([900])).toBeNull();
    expect(proc.signalfds()).toBe(0x4003n);
    expect(proc.executable()).toBeNull();
    expect(proc.libraries()).toBeNull();
  });

  test('one that has ended in between is left out', () => {
    expect(new ProcFolder(4194305, root).statusIfThere()).toBeNull();
    expect(new ProcFolder(4194305, root).threads()).toEqual([]);
  });

  test('a process that is not there is ESRCH, one that is hidden EACCES', () => {
    const { ESRCH, EACCES } = os.constants.errno;
    const system = { name: 'SignalError', code: 'ERR_SIGNAL_SYSTEM', syscall: 'open' };
    expect(() => new ProcFolder(4194305, root).status()).toThrow(
      expect.objectContaining({
        ...system,
        errno: ESRCH,
        message: expect.stringMatching(/4194305.*ESRCH, no such process/),
      }),
    );
    // There, says kill(); not in the folder.
    expect(() => new ProcFolder(process.ppid, root).status()).toThrow(
      expect.objectContaining({
        ...system,
        errno: EACCES,
        message: expect.stringMatching(/EACCES.*hidepid/),
      }),
    );
  });
});

describe('inspect()', () => {
  test.each([
    [null, 'ERR_INVALID_ARG_TYPE'],
    ['1', 'ERR_INVALID_ARG_TYPE'],
    [0, 'ERR_OUT_OF_RANGE'],
    [-5, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
    [2 ** 31, 'ERR_OUT_OF_RANGE'],
  ])('refuses %j', (value, code) => {
    expect(() => inspect(/** @type {any} */ (value))).toThrow(expect.objectContaining({ code }));
  });

  describe('on a platform without /proc', () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform');
    afterEach(() => {
      Object.defineProperty(process, 'platform', /** @type {PropertyDescriptor} */ (platform));
    });

    test('this process by its dispositions and this thread; another one is ERR_UNSUPPORTED', () => {
      const before = inspect();
      Object.defineProperty(process, 'platform', { ...platform, value: 'freebsd' });
      const found = inspect();
      expect(found.signals).toEqual(before.signals);
      expect(found).toMatchObject({ self: true, takers: null, children: null, queued: null, pending: [] });
      expect(found.threads).toEqual([{ tid: null, name: null, state: null, blocked: [], pending: [] }]);
      expect(found.caught).toEqual(before.caught);
      expect(render(found).join('\n')).toMatch(/this one/);
      expect(() => inspect(process.ppid)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED' }));
    });
  });
});
