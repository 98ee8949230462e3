// `sigbridge inspect`, as far as no process is needed: its arguments, and its text.
'use strict';

const { describe, expect, test } = require('@jest/globals');
const { parse } = require('../../lib/cli/inspect');
const { brief, render } = require('../../lib/cli/inspect-text');
/** @type {typeof import('../../binding')} */
const { validSignals } = require('../../lib');
const { blocking, found, onStack, self } = require('../helpers/inspection');

const CONTROL = /\p{Cc}/u;

describe('the text', () => {
  const all = validSignals().filter((name) => name !== 'SIGKILL' && name !== 'SIGSTOP');

  test('sets of signals in few words', () => {
    expect(brief(found(), null)).toBeNull();
    expect(brief(found(), [])).toBe('-');
    expect(brief(found(), ['SIGHUP', 'SIGRTMIN', 'SIGRTMIN+1', 'SIGRTMIN+2'])).toBe('HUP RTMIN..RTMIN+2');
    expect(brief(found(), ['SIGRTMIN+4'])).toBe('RTMIN+4');
    expect(brief(found(), all)).toBe('all');
    expect(brief(found(), all.slice(1))).toBe('all but HUP');
  });

  test('a table: what is unknown has no column, equal neighbours share a line', () => {
    const [one, two] = found().threads ?? [];
    const lines = render(found({ threads: [one, two, { ...two, tid: 52 }, { ...two, tid: 60 }] }));
    expect(lines).toContain('Process   50 node, sleeping, parent 3, 4 threads');
    expect(lines).toContain('  SIGNAL   DISPOSITION');
    expect(lines).toContain('  SIGPIPE  ignored');
    expect(lines).toContain('  THREAD      NAME    STATE     TAKES TERM  PENDING  BLOCKED');
    expect(lines).toContain('  50          node    sleeping  yes         -        -');
    expect(lines).toContain('  51..60 (3)  worker  sleeping  no          -        TERM');
    expect(lines.at(-1)).toBe('No warnings');
    expect(lines.join('')).not.toMatch(CONTROL);
  });

  test('of this process: flags and handlers', () => {
    const beneath = { kind: 'default', flags: [], library: null, symbol: null, ours: false, beneath: null };
    const rows = {
      SIGTERM: { ...onStack, symbol: 'handle', ours: false },
      SIGUSR2: { ...onStack, ours: true, beneath },
      SIGPIPE: { kind: 'ignore', flags: [], ours: false },
    };
    const lines = render(found({ rows, ...self('node') }));
    expect(lines).toContain('  SIGTERM  handler      RESTART ONSTACK  node handle');
    expect(lines).toContain('  SIGUSR2  handler      RESTART ONSTACK  sigbridge, over default');
    expect(lines).toContain('  SIGPIPE  ignored      -                -');
  });

  test('no line is wider than the terminal; warnings are broken, not cut', () => {
    const message = 'a long sentence that has to be broken '.repeat(5).trim();
    const threads = blocking({ blocked: all.slice(3, 20), name: 'a thread whose name is long' });
    const warned = found({ threads, warnings: [{ code: 'stopped', message }] });
    for (const columns of [40, 57, 80]) {
      const lines = render(warned, { columns });
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      const text = lines.slice(lines.indexOf('Warnings (1)') + 1).map((line) => line.slice(2));
      expect(text.join(' ')).toBe(message);
    }
    expect(render(warned)).toContain(`! ${message}`);
  });

  test('colours on request; what would move the cursor never', () => {
    const evil = found({
      name: 'a\x1b[2Jb\u009b\r',
      threads: blocking({ name: 'x\x1b]0;y\x07' }),
      state: 'stopped',
    });
    expect(render(evil).join('')).not.toMatch(CONTROL);
    const coloured = render(evil, { colours: true, columns: 60 }).join('');
    expect(coloured).toContain('\x1b[1mSignals\x1b[0m');
    expect(coloured.replace(/\p{Cc}\[\d+m/gu, '')).not.toMatch(CONTROL);
  });

  test('of what is not to be seen', () => {
    const unknown = found({
      ...{
        threads: null,
        pending: null,
        children: null,
        queued: null,
        libraries: null,
        go: null,
        takers: null,
      },
      ...{ state: null, ppid: null, name: null, runtime: { name: null, version: null, executable: null } },
      signals: found().signals.map((row) => ({ ...row, kind: null })),
    });
    const lines = render(unknown);
    expect(lines).toContain('Process   50');
    expect(lines).toContain('Go        not ours to see');
    expect(lines).toContain('Children  not ours to see');
  });
});

describe("the command's arguments", () => {
  const plain = { pid: 12, json: false, check: false, seconds: undefined };

  test.each(
    /** @type {[string, object][]} */ ([
      ['12', plain],
      ['12 --json --check', { ...plain, json: true, check: true }],
      ['--watch 12', { ...plain, seconds: 2 }],
      ['12 --watch', { ...plain, seconds: 2 }],
      ['12 --watch 5', { ...plain, seconds: 5 }],
      ['--watch 0.5 12', { ...plain, seconds: 0.5 }],
      ['--json --watch=0.5 12', { ...plain, json: true, seconds: 0.5 }],
      ['12 --watch --json', { ...plain, json: true, seconds: 2 }],
    ]),
  )('%s', (line, expected) => {
    expect(parse(line.split(' '))).toEqual(expected);
  });

  test.each([
    ['', /which process\?.*sigbridge inspect PID/],
    ['--json', /which process\?/],
    ['x', /'x' is no process id/],
    ['0', /'0' is no process id/],
    ['1.5', /'1.5' is no process id/],
    ['-1', /no option '-1'/],
    ['9999999999', /no process id/],
    ['1 2', /one process at a time; got 1 2/],
    ['1 --watch 2 3', /one process at a time/],
    ['1 --watch x', /--watch takes 0.1 to 86400 seconds; got 'x'/],
    ['1 --watch=', /--watch takes/],
    ['1 --watch=0.01', /--watch takes/],
    ['1 --watch=100000', /--watch takes/],
    ['1 --bogus', /no option '--bogus'; there are --json, --check and --watch/],
  ])('refused: %s', (line, message) => {
    expect(() => parse(line.split(' ').filter(Boolean))).toThrow(message);
  });
});
