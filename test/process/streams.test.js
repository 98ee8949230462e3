// signals() and abortOnSignal(): nothing between the call and the first read is missed, a full buffer does what was asked.
'use strict';

const { expect } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

const DONE = { done: true };

const EXPECTED = {
  'armed when called, read in order, closed by break': {
    armed: true,
    values: [1, 2, 3, 4, 5],
    closed: true,
    after: 'default',
    next: DONE,
  },
  'a reader that waits is told at once': { names: ['SIGRTMIN+2', 'SIGUSR2'], pending: DONE },
  coalesce: {
    seen: [
      ['SIGRTMIN+2', 1, 1],
      ['SIGRTMIN+2', 2, 1],
      ['SIGRTMIN+2', 3, 1],
      ['SIGRTMIN+2', 10, 7],
      ['SIGRTMIN+3', 3, 3],
    ],
    dropped: 0,
  },
  'drop-oldest': { seen: [8, 9, 10], dropped: 7 },
  error: {
    seen: [1, 2],
    failed: { error: { code: 'ERR_SIGNAL_OVERFLOW' } },
    afterwards: DONE,
    closed: true,
    dropped: 1,
  },
  'an AbortSignal ends it, after what waits': {
    read: 1,
    failed: { error: { code: 'ERR_SIGNAL_ABORTED' } },
    late: { error: { code: 'ERR_SIGNAL_ABORTED' } },
    afterwards: DONE,
  },
  'a throw in the loop, and asyncDispose, close it': { message: 'at 1', closed: [true, true] },
  'web streams': {
    same: true,
    one: { values: [3, 4, 5], dropped: 2, closed: true, pending: true },
    last: 1,
    failed: { error: { code: 'ERR_SIGNAL_ABORTED' } },
    all: [],
  },
  'Readable.from: destroy closes it, read or not': { closed: [true, 1, true], failed: 'ERR_SIGNAL_ABORTED' },
  'events.on and listeners': {
    told: 'SIGUSR2',
    uncaught: "the listener's own",
    values: [0, 1, 2, 3],
    order: ['ERR_SIGNAL_ABORTED', 'close'],
    after: 'default',
  },
  abortOnSignal: {
    before: false,
    code: 'ERR_SIGNAL_ABORTED',
    info: { name: 'SIGUSR2', count: 1 },
    after: 'default',
  },
  'a hundred thousand, coalesced: the counts add up': { sum: 100_000, merged: true, dropped: 0 },
  'bad input': {
    signal: 'ERR_SIGNAL_INVALID',
    kill: 'ERR_SIGNAL_UNCATCHABLE',
    capacity: 'ERR_OUT_OF_RANGE',
    fraction: 'ERR_OUT_OF_RANGE',
    type: 'ERR_INVALID_ARG_TYPE',
    overflow: 'ERR_OUT_OF_RANGE',
    aborted: 'ERR_SIGNAL_ABORTED',
    abort: 'ERR_SIGNAL_INVALID',
  },
};

eachRuntime((runtime) => {
  testWith([sigsend], 'streams of deliveries', async () => {
    const fixture = start(runtime, 'streams.js');
    expect(await runCases(fixture)).toMatchObject(EXPECTED);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });
});
