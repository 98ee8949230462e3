// trace: the path of a delivery in order, what is counted, and the dump of a process whose JavaScript is stuck.
'use strict';

const os = require('node:os');
const path = require('node:path');
const fs = require('node:fs');
const { afterAll, beforeAll, describe, expect, test } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { expectSame, waitThreads } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-trace-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/**
 * Those of `wanted`, in the order in which they first come.
 * @param {string[]} names
 * @param {string[]} wanted
 */
const firstOf = (names, wanted) =>
  [...wanted]
    .sort((one, other) => names.indexOf(one) - names.indexOf(other))
    .filter((name) => names.includes(name));

const UP = [
  'handler-in',
  'ring-push',
  'bell',
  'ring-read',
  'dispatch',
  'doorbell',
  'drain-begin',
  'drain-end',
];
const AROUND = [
  'trace-start',
  'backend-start',
  'subscribe',
  'handler-installed',
  ...UP,
  'unsubscribe',
  'backend-stop',
];

eachRuntime((runtime) => {
  describe('trace', () => {
    /** @type {Record<string, import('../helpers/fixture').Line>} */
    let found;
    /** @type {import('../helpers/fixture').Line} */
    let pictures;
    /** @type {number} */
    let pid;

    beforeAll(async () => {
      const fixture = start(runtime, 'traced.js', { args: [path.join(folder, runtime.name)] });
      pid = fixture.pid;
      found = await runCases(fixture);
      pictures = await fixture.line('pictures');
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
    });

    test('is empty before the first start', () => {
      const nothing = { running: false, capacity: 0, recorded: 0, overwritten: 0, unfinished: 0, events: [] };
      expect(found['before the first'].dump).toMatchObject(nothing);
      expect(found['before the first'].text).toBe(
        `sigbridge trace of process ${pid}: 0 events, 0 overwritten, never started\n`,
      );
    });

    test('shows the path of a delivery, in order', () => {
      const { dump, names, times, handler, waitThread, subscribed, same, backend } = found['a delivery'];
      expect(dump).toMatchObject({ running: false, capacity: 4096, overwritten: 0, unfinished: 0 });
      expect(dump.recorded).toBe(dump.kept);
      expect(firstOf(names, AROUND)).toEqual(AROUND);
      expect(names.indexOf('handler-out')).toBeGreaterThan(names.indexOf('bell'));
      expect(times).toEqual([...times].sort((one, other) => one - other));
      expect(handler).toEqual([
        expect.objectContaining({ event: 'handler-in', signal: 'SIGUSR2', code: 'SI_USER' }),
        expect.objectContaining({ event: 'ring-push', signal: 'SIGUSR2', pid: process.pid }),
      ]);
      expect(waitThread).toHaveLength(1);
      for (const { signal } of subscribed) expect(signal).toBe('SIGUSR2');
      expect(subscribed).toHaveLength(4);
      expect(same).toBe(true);
      expect(backend.traced).toEqual([backend.told]);
    });

    test('as text is a line an event, aligned', () => {
      const [head, columns, first] = found['a delivery'].lines;
      const { kept } = found['a delivery'].dump;
      expect(head).toBe(`sigbridge trace of process ${pid}: ${kept} events, 0 overwritten, stopped`);
      expect(first.indexOf('trace-start')).toBe(columns.indexOf('event'));
      expect(first).toMatch(/^ +\d+\.\d +0\.0 {2}.* \d+ {2}trace-start {2,}(signalfd|self-pipe)$/);
    });

    test('shows masks and sections with their signals', () => {
      const { masks, section } = found['masks and sections'];
      const both = { signals: ['SIGHUP', 'SIGTERM'] };
      expect(masks.slice(0, 2)).toMatchObject([
        { event: 'mask-block', ...both },
        { event: 'mask-unblock', ...both },
      ]);
      expect(section).toMatchObject([
        { event: 'hold', signals: ['SIGUSR2'] },
        { event: 'held', signal: 'SIGUSR2', count: 1 },
        { event: 'release', signals: ['SIGUSR2'] },
      ]);
    });

    test('keeps the newest, counts what it overwrote, and begins anew', () => {
      const { capacity, full, again, stopped } = found['more than fits'];
      expect(capacity).toBe(32);
      expect(full).toMatchObject({ running: true, recorded: 51, kept: 32, overwritten: 19, unfinished: 0 });
      expect(again).toMatchObject({ running: true, recorded: 1, kept: 1, overwritten: 0 });
      expect(stopped).toMatchObject({ running: false, recorded: 1, kept: 1 });
    });

    test('is written by the wait thread while JavaScript is stuck', () => {
      const { toldMeanwhile, told, text, heard, during, after, running } = found['JavaScript is stuck'];
      expect({ toldMeanwhile, told, heard, during }).toEqual({
        toldMeanwhile: 0,
        told: 1,
        heard: 1,
        during: true,
      });
      expect({ after, running }).toEqual({ after: 'default', running: false });
      expect(text).toMatch(/^sigbridge trace of process \d+: \d+ events, 0 overwritten, running\n/);
      // Delivered to us, and not to JavaScript: which is what one looks for.
      expect(text).toMatch(/handler-in +SIGUSR2 +SI_USER\n/);
      expect(text).toMatch(/handler-in +SIGQUIT +SI_USER\n/);
      expect(text).toMatch(/doorbell\n/);
      expect(text).not.toMatch(/drain-begin/);
    });

    test("is the process's: a Worker may stop it", () => {
      expect(found['a Worker']).toEqual({ seen: 64, stoppedByWorker: true });
    });

    test('refuses what it cannot do', () => {
      const { errors, running, kind } = found.refused;
      expect(errors).toEqual([
        'ERR_INVALID_ARG_TYPE options must be an object; got 1',
        "ERR_INVALID_ARG_TYPE options.capacity must be a number; got '1'",
        'ERR_OUT_OF_RANGE options.capacity must be a whole number from 16 to 1048576; got 15',
        'ERR_OUT_OF_RANGE options.capacity must be a whole number from 16 to 1048576; got 1048577',
        'ERR_OUT_OF_RANGE options.capacity must be a whole number from 16 to 1048576; got 100.5',
        expect.stringMatching(/^ERR_SIGNAL_INVALID options\.dumpOn: no signal 'SIGFOO'/),
        expect.stringMatching(/^ERR_SIGNAL_UNCATCHABLE options\.dumpOn: SIGKILL/),
        expect.stringMatching(/^ERR_SIGNAL_RESERVED options\.dumpOn: SIGSEGV/),
        "ERR_OUT_OF_RANGE options.dumpOn must be a standard signal, not a real-time one; got 'SIGRTMIN+1'",
        expect.stringMatching(
          /^ERR_INVALID_ARG_TYPE options\.dumpOn must be a signal name or number; got null/,
        ),
        'ERR_OUT_OF_RANGE options.fd must be a whole number from 0 to 2147483647; got -1',
        "ERR_INVALID_ARG_TYPE options.fd must be a number; got '2'",
        'ERR_SIGNAL_SYSTEM fcntl(987654) failed: EBADF',
        "ERR_OUT_OF_RANGE options.format must be one of 'object', 'json', 'text'; got 'xml'",
        "ERR_INVALID_ARG_TYPE options.format must be one of 'object', 'json', 'text'; got 1",
      ]);
      expect({ running, kind }).toEqual({ running: false, kind: 'default' });
    });

    test('leaves nothing behind', () => {
      expectSame(runtime, pictures.before, pictures.after, { workersEnded: true });
      expect(waitThreads(pictures.after)).toEqual([]);
      expect(pictures.hooks).toBe(0);
    });
  });
});
