// When the system has no descriptor or no thread for us: the right error, nothing half-installed, and the next call
// works.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { expectSame } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

const failThread = tool('fail_thread', 'preload');
const FEW_DESCRIPTORS = ['sh', '-c', 'ulimit -n 256; exec "$@"', 'sh'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

eachRuntime((runtime) => {
  /**
   * @param {import('../helpers/fixture').Fixture} fixture
   * @param {{ errno: number, syscall: string }} expected
   */
  async function expectRefused(fixture, expected) {
    const { refused, before, after } = await fixture.line('refused');
    expect(refused).toHaveLength(3);
    for (const { error } of refused) {
      expect(error).toMatchObject({ name: 'SignalError', code: 'ERR_SIGNAL_SYSTEM', ...expected });
    }
    expectSame(runtime, before, after);
    const works = await fixture.line('works');
    expect(works).toMatchObject({ values: [7, 7] });
    expectSame(runtime, before, works.after);
    return before;
  }

  test('no descriptor left: EMFILE of pipe2', async () => {
    const fixture = start(runtime, 'failing.js', { args: ['descriptors'], wrapper: FEW_DESCRIPTORS });
    const before = await expectRefused(fixture, { errno: os.constants.errno.EMFILE, syscall: 'pipe2' });
    // With just enough for the pipe, threads cannot be listed: it has to work all the same, and go without a trace.
    const { values, after } = await fixture.line('scarce');
    expect(values).toEqual([7, 7]);
    expectSame(runtime, before, after);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  testWith([failThread], 'no thread to be had: EAGAIN of pthread_create', async () => {
    const flag = path.join(folder, runtime.name);
    const fixture = start(runtime, 'failing.js', {
      args: ['threads', flag],
      env: { LD_PRELOAD: String(failThread.path), FAIL_THREAD: flag },
    });
    await expectRefused(fixture, { errno: os.constants.errno.EAGAIN, syscall: 'pthread_create' });
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });
});
