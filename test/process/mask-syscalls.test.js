// What masks and sections cost in system calls, counted by strace on the JS thread: one a push, one a pop; and a section's
// do not grow with the number of threads.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterEach, expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { findStrace, testWith } = require('../helpers/tools');

const ROUNDS = 100;
// Of the runtime's own doing now and then: its collector's, its allocator's and its locks'.
const HOUSEKEEPING =
  /^(futex|madvise|mmap|munmap|mprotect|brk|sched_\w+|membarrier|getrusage|clock_\w+|epoll_\w+|write|read|pread64)\(/;

const strace = findStrace();

/** @type {string | undefined} */
let folder;
afterEach(() => {
  if (folder !== undefined) fs.rmSync(folder, { recursive: true });
  folder = undefined;
});

// A thread that the runtime starts in the middle, on whatever thread it likes.
const BIRTH =
  /^rt_sigprocmask\(SIG_BLOCK, ~\[[^\n]*\n(?:(?!rt_sigprocmask)[^\n]*\n)*?clone3?\([^\n]*\n(?:(?!rt_sigprocmask)[^\n]*\n)*?rt_sigprocmask\([^\n]*\n/gm;

/** The calls between each two marks. @param {string} log */
function split(log) {
  /** @type {string[][]} */
  const parts = [[]];
  for (const line of log.replace(BIRTH, '').split('\n')) {
    if (/^kill\(\d+, 0\)/.test(line)) parts.push([]);
    else if (/^\w+\(/.test(line) && !HOUSEKEEPING.test(line)) parts[parts.length - 1].push(line);
  }
  return parts;
}

/** @param {string[]} calls */
function count(calls) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const call of calls) {
    const name = call.slice(0, call.indexOf('('));
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

eachRuntime((runtime) => {
  testWith(
    [strace],
    'a push or a pop is one system call; a section costs the same beside eight Workers',
    async () => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-strace-'));
      const log = path.join(folder, 'log');
      const traced = { ...runtime, path: 'strace', args: ['-o', log, runtime.path, ...runtime.args] };
      const fixture = start(traced, 'mask-syscalls.js');
      expect(await fixture.closed).toMatchObject({ code: 0 });
      const parts = split(fs.readFileSync(log, 'utf8'));
      // Before the first mark, between the first two, and then what was measured and what was not, in turn.
      expect(parts).toHaveLength(11);
      const [pairs, sections, pairsBeside, sectionsBeside] = [3, 5, 7, 9].map((i) => count(parts[i]));
      expect(parts[1]).toEqual([]);
      for (const counts of [pairs, pairsBeside]) expect(counts).toEqual({ rt_sigprocmask: 2 * ROUNDS });
      // Where children would inherit it, a section leaves the thread's mask alone.
      const expected = runtime.kind === 'node' ? { rt_sigprocmask: 2 * ROUNDS } : {};
      expect(sections).toEqual(expected);
      expect(sectionsBeside).toEqual(expected);
    },
  );
});
