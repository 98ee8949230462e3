// createReloader(): the last configuration wins, a broken one never does, storms cost little, whoever asks.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, expect, test } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-reload-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const file = path.join(folder, 'config.json');
/** @param {unknown} value */
const write = (value) => fs.writeFileSync(file, JSON.stringify({ value }));
/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const failed = { code: 'ERR_RELOAD_FAILED' };

const EXPECTED = {
  'load, validate, apply': {
    ours: true,
    before: { state: 'idle', step: null, again: false, version: 0, consistent: true, history: [] },
    calls: [
      ['load', 1, 'call'],
      ['validate', 8001, null],
      ['apply', 8001, null],
      ['load', 2, 'SIGHUP'],
      ['validate', 8002, 8001],
      ['apply', 8002, 8001],
    ],
    first: { version: 1, trigger: 'call', signals: 0 },
    status: { version: 2, current: { port: 8002 }, consistent: true, step: null, again: false },
    dated: true,
    history: [
      [1, 'call', 0],
      [2, 'SIGHUP', 1],
    ],
    after: false,
    state: 'closed',
  },
  'what fails leaves the old one, and says why': {
    failures: [
      {
        ...failed,
        step: 'load',
        cause: 'no file',
        message: 'reload failed in load: no file; there is none yet',
      },
      null,
      { ...failed, step: 'load', message: 'reload failed in load: not JSON; version 1 stays' },
      { ...failed, step: 'load', cause: 'load has returned no configuration, but undefined' },
      { ...failed, step: 'validate', cause: 'no port' },
      { ...failed, step: 'validate', cause: 'validate has returned false' },
      { ...failed, step: 'apply', message: 'reload failed in apply: port is taken; version 1 stays' },
      null,
    ],
    versions: [0, 1, 1, 1, 1, 1, 1, 2],
    rolledBack: [[1, 'Error: port is taken']],
    history: [
      [1, 'validate', null],
      [1, 'validate', null],
      [1, 'apply', true],
      [2, null, null],
    ],
    lastError: null,
    consistent: true,
    current: 5,
  },
  'a rollback that throws': {
    first: {
      ...failed,
      step: 'apply',
      cause: 'half done',
      rollbackError: 'cannot go back',
      message: 'reload failed in apply: half done; rollback to version 1 failed too: cannot go back',
    },
    // A load that fails mends nothing; a rollback that works, and a new one, do.
    seen: [false, false, true, true],
    version: 2,
    current: 'newest',
  },
  'one at a time; whoever comes meanwhile gets one more': {
    during: { state: 'reloading', step: 'load', again: true },
    between: 'a',
    same: true,
    versions: [1, 2, 2],
    current: 'b',
    most: 1,
    loads: true,
  },
  'asked for in its own listener': { version: 2, loads: 2 },
  'a step that takes too long': {
    load: { ...failed, step: 'load', cause: 'load has not ended within 20 ms' },
    code: 'ERR_SIGNAL_TIMEOUT',
    apply: { ...failed, step: 'apply', cause: 'apply has not ended within 20 ms' },
    rolledBack: 1,
    aborted: [
      [true, 'ERR_SIGNAL_TIMEOUT'],
      [true, 'ERR_SIGNAL_TIMEOUT'],
    ],
  },
  'closed while it loads, and while it applies': {
    codes: ['ERR_SIGNAL_CLOSED', 'ERR_SIGNAL_CLOSED'],
    late: 'ERR_SIGNAL_CLOSED',
    aborted: true,
    historyOfLost: 0,
    state: 'reloading',
    version: 1,
    end: 'closed',
  },
  'a failure that nobody listens for is a warning; a listener that throws harms nobody': {
    code: 'SIGBRIDGE_RELOAD',
    message: 'reload failed in load: no file; there is none yet',
    version: 1,
    uncaught: "the listener's own",
  },
  'the service manager hears of it, once the service is ready': {
    said: [
      'READY started',
      'RELOADING',
      'READY configuration version 2',
      'RELOADING',
      'READY reload failed in load: no file; version 2 stays',
      'RELOADING',
    ],
  },
  'bad input': {
    nothing: 'ERR_INVALID_ARG_TYPE',
    load: 'ERR_INVALID_ARG_TYPE',
    validate: 'ERR_INVALID_ARG_TYPE',
    signal: 'ERR_SIGNAL_UNCATCHABLE',
    debounce: 'ERR_OUT_OF_RANGE',
    debounceType: 'ERR_INVALID_ARG_TYPE',
    timeout: 'ERR_OUT_OF_RANGE',
    history: 'ERR_OUT_OF_RANGE',
    notify: 'ERR_INVALID_ARG_TYPE',
    ref: 'ERR_INVALID_ARG_TYPE',
  },
};

eachRuntime((runtime) => {
  test('one reload after the other', async () => {
    const fixture = start(runtime, 'reload.js');
    expect(await runCases(fixture)).toMatchObject(EXPECTED);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  test('200 SIGHUPs in a second: a few reloads, the last good file wins, a broken one never does', async () => {
    write(1);
    const fixture = start(runtime, 'reload-file.js', { args: [file] });
    await fixture.line('ready');
    const begun = Date.now();
    for (let i = 1; i <= 200; i++) {
      if (i % 3 === 0) fs.writeFileSync(file, '{"value": ');
      else write(i % 3 === 1 ? 1000 + i : -i);
      if (i === 200) write(4711);
      fixture.send('SIGHUP');
      await pause(Math.max(0, begun + i * 5 - Date.now()));
    }
    const last = await fixture.line(({ event, value }) => event === 'reloaded' && value === 4711);
    const ends = fixture.lines.filter(({ event }) => event === 'reloaded' || event === 'failed');
    // The first, those that a storm puts off ten times at most, and the last.
    expect(ends.length).toBeGreaterThan(2);
    // Were nobody to wait for quiet, it would be nearly as many as signals.
    expect(ends.length).toBeLessThan(40);
    for (const { value } of ends) expect(value === 1 || value > 1000).toBe(true);

    // A broken one at the end changes nothing.
    fs.writeFileSync(file, '{"value": ');
    fixture.send('SIGHUP');
    expect(await fixture.line('failed')).toMatchObject({ step: 'load', value: 4711 });
    fixture.tell('status');
    const { version, current, state, history, lastError } = await fixture.line('status');
    expect({ version, current, state }).toEqual({
      version: last.version,
      current: { value: 4711 },
      state: 'idle',
    });
    expect(history.length).toBeLessThanOrEqual(20);
    expect(lastError).toMatchObject({ code: 'ERR_RELOAD_FAILED', step: 'load' });
    fixture.tell('end');
    expect(await fixture.closed).toMatchObject({ code: 0, stderr: expect.not.stringContaining('SIGBRIDGE') });
  }, 30_000);

  test('main thread and Worker: each answers for itself', async () => {
    write(1);
    const fixture = start(runtime, 'reload-file.js', { args: [file, 'worker'] });
    await fixture.linesOf(({ event, value }) => event === 'reloaded' && value === 1, 2);
    write(2);
    fixture.send('SIGHUP');
    const told = await fixture.linesOf(({ event, value }) => event === 'reloaded' && value === 2, 2);
    expect(told.map(({ who }) => who).sort()).toEqual(['a Worker', 'worker']);
    fixture.tell('end');
    fixture.endInput();
    expect(await fixture.closed).toMatchObject({ code: 0 });
  });

  // Deno has no cluster.fork().
  (runtime.kind === 'deno' ? test.skip : test)(
    'cluster workers: their primary passes the signal on',
    async () => {
      write(1);
      const fixture = start(runtime, 'reload-file.js', { args: [file, 'cluster'] });
      await fixture.linesOf(({ event, value }) => event === 'reloaded' && value === 1, 2);
      write(2);
      fixture.send('SIGHUP');
      const told = await fixture.linesOf(({ event, value }) => event === 'reloaded' && value === 2, 2);
      expect(new Set(told.map(({ who }) => who)).size).toBe(2);
      fixture.tell('end');
      expect(await fixture.closed).toMatchObject({ code: 0 });
    },
  );
});
