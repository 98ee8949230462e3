// waitFor() and poll(): what a wait takes, in which order, and when it ends. Waits in Workers: masks.test.js.
'use strict';

const { expect } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

/** What each case of the program has to say. */
const EXPECTED = {
  'waits take what comes': {
    first: { name: 'SIGUSR2', code: 'SI_USER', pid: process.pid, count: 1 },
    second: { name: 'SIGRTMIN+5', code: 'SI_QUEUE', value: 77, valueBits: '77', count: 1 },
  },
  'a wait ends at its timeout, and not before': {
    elapsed: [0, 20, 0.5].map((timeout) => ({ timeout, found: null, inTime: true })),
    polled: null,
  },
  'nothing else cuts a wait short': {
    found: { name: 'SIGRTMIN+4' },
    names: ['SIGRTMIN+3', 'SIGUSR2'],
  },
  'oldest first, lowest real-time number first': {
    taken: ['SIGUSR2 0', 'SIGHUP 0', 'SIGRTMIN+1 2', 'SIGRTMIN+1 3', 'SIGRTMIN+6 1'],
  },
  'takes what was pending for the thread': { before: ['SIGUSR2'], found: 'SIGUSR2', left: [] },
  'a wait for SIGCHLD leaves child_process its children': { found: 3, code: 3 },
  'bad input': {
    "waitFor('SIGSTOP')": 'ERR_SIGNAL_UNCATCHABLE',
    'waitFor([])': 'ERR_SIGNAL_INVALID',
    'waitFor, timeout -1': 'ERR_OUT_OF_RANGE',
    'waitFor, timeout NaN': 'ERR_OUT_OF_RANGE',
    "waitFor, timeout '1'": 'ERR_INVALID_ARG_TYPE',
    'poll(null)': 'ERR_INVALID_ARG_TYPE',
    'poll of the suspend signal': 'ERR_SIGNAL_RESERVED',
  },
};

eachRuntime((runtime) => {
  testWith([sigsend], 'waits', async () => {
    const fixture = start(runtime, 'waits.js');
    expect(await runCases(fixture)).toMatchObject(EXPECTED);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });
});
