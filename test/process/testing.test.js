// sigbridge/testing: a made delivery looks like one of the kernel's, reaches whoever listens here and nobody else, and
// armed() tells of subscriptions.
'use strict';

const { expect, test } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

eachRuntime((runtime) => {
  test('made deliveries, and who waits for subscriptions', async () => {
    const fixture = start(runtime, 'testing.js');
    const { likeTheKernels, fields, everyKind, imported, insideListeners, armed } = await runCases(fixture);

    const { made, pid, uid, keys } = likeTheKernels;
    expect(made).toMatchObject({ name: 'SIGUSR2', code: 'SI_USER', pid, uid, value: 0, count: 1 });
    expect(pid).toBe(fixture.pid);
    expect(keys[0]).toEqual(keys[1]);
    expect(likeTheKernels).toMatchObject({ same: true, marks: [true, false], sequences: 1, after: null });
    // The counters and the runtime know of the real one alone.
    expect(likeTheKernels).toMatchObject({ counted: { delivered: 1, received: 1 }, toldByRuntime: 1 });

    expect(fields.infos).toMatchObject([
      { code: 'SI_QUEUE', value: -1, valueBits: String(2n ** 32n - 1n) },
      { value: 5, valueBits: String(2n ** 63n + 5n), pid: 0, uid: 2 ** 32 - 1, count: 3, timestamp: '7' },
      { code: 'SI_TIMER', overrun: 4, value: 0 },
    ]);
    expect(everyKind).toEqual({ same: [true, true, true], loads: 1, left: null });
    expect(insideListeners).toEqual({
      told: ['first 1', 'first 2', 'second 2', 'closed 2', 'late 2', 'second 1'],
      uncaught: 'on purpose',
    });

    expect(imported.same).toEqual([true, true, true]);
    expect(armed.order).toEqual(['subscribing', 'USR2', 'the other', 'both', 'already']);
    expect(armed.late).toMatchObject({ name: 'SignalError', code: 'ERR_SIGNAL_TIMEOUT' });
    expect(armed.late.message).toMatch(/ SIGUSR2 within 10 ms$/);

    expect(await fixture.line('step')).toMatchObject({ name: 'SIGTERM', pid: 1, remaining: null });
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGTERM' });
  });
});
