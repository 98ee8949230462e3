// counter(): deliveries that code in a busy loop sees, on the thread that is subscribed and in a Worker.
'use strict';

const { expect, test } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { expectSame, waitThreads } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');
const { kill, series, sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

// More than the hub lets wait for JavaScript that is stuck, where its own thread takes the signals.
const COUNT = 500;

eachRuntime((runtime) => {
  /** @param {string} task */
  async function count(task) {
    const fixture = start(runtime, 'busy-loop.js', { args: [task, COUNT] });
    await fixture.line('ready');
    const [first, last] = [signalNumber('SIGRTMIN+1'), signalNumber('SIGRTMIN+2')];
    await series(fixture.pid, first, last, COUNT / 2);
    await fixture.line('half');
    await series(fixture.pid, first, last, COUNT / 2);
    await kill(fixture.pid, 'USR2');
    return fixture;
  }

  testWith(
    [sigsend],
    'a busy loop sees every delivery, and a listener beside it is told of each',
    async () => {
      const fixture = await count('count');
      expect(await fixture.line('counted')).toMatchObject({
        counted: [COUNT, 1, COUNT],
        toldInLoop: [0, 0, 0],
        told: [COUNT, 1, COUNT],
        final: [COUNT, 1, COUNT],
        kinds: ['default', 'default', 'default'],
      });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    },
  );

  testWith([sigsend], 'so does a Worker that the array was posted to', async () => {
    const fixture = await count('worker');
    await fixture.closed;
    expect(fixture.allOf('counted')).toMatchObject([{ counted: [COUNT, 1, COUNT] }]);
    expect(fixture.allOf('worker')).toEqual([{ event: 'worker', counted: [COUNT, 1, COUNT] }]);
  });

  test("a Worker's counter ends with it", async () => {
    const line = await start(runtime, 'busy-loop.js', { args: ['alone'] }).line('alone');
    expect(line).toMatchObject({
      during: ['handler', 'handler', 'handler'],
      after: ['default', 'default', 'default'],
      running: false,
    });
  });

  test('a counter that is closed takes nothing from the subscriptions that stay', async () => {
    const line = await start(runtime, 'busy-loop.js', { args: ['beside'] }).line('beside');
    expect(line).toMatchObject({ ours: true, told: { ours: 1, runtime: 1 }, counted: 0 });
  });

  test('each counter counts until it is closed; the last one leaves nothing behind', async () => {
    const line = await start(runtime, 'busy-loop.js', { args: ['life'] }).line('life');
    const { shape, three, one, use, before, after } = line;
    expect(shape).toEqual({
      length: 3,
      keys: ['0', '1', '2'],
      signals: ['SIGHUP', 'SIGUSR2', 'SIGTERM'],
      closed: false,
      shared: true,
      clone: 3,
      environments: 0,
    });
    expect(three).toEqual([4, 1, 1]);
    expect(one).toEqual([4, 2, 1, true, false, true]);
    expect(use).toMatchObject({ code: 'ERR_SIGNAL_ABORTED' });
    expectSame(runtime, before, after);
    expect(waitThreads(after)).toEqual([]);
  });
});
