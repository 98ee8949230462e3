// Masks of one thread and of the whole process, what POSIX says of them, and waits in Workers.
'use strict';

const { expect, test } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

/** @typedef {import('../helpers/fixture').Line} Line */

/** What each case of the program has to say. */
const EXPECTED = {
  'for the whole process': {
    before: [],
    current: ['SIGUSR2', 'SIGRTMIN+1'],
    inherited: ['SIGUSR2', 'SIGRTMIN+1'],
    shown: { thread: [], process: ['SIGUSR2', 'SIGRTMIN+1'], held: [] },
    early: 0,
    returned: ['SIGUSR2', 'SIGRTMIN+1'],
    left: [],
  },
  'a wait takes what is blocked everywhere': {
    taken: ['SIGHUP 0', 'SIGRTMIN+2 5', 'SIGRTMIN+2 6', 'SIGHUP 0'],
    left: [],
  },
  'a wait lets in one of what is blocked and subscribed, the rest stays pending': {
    values: [5, 6],
    left: ['SIGRTMIN+2'],
    waiting: 0,
  },
  'what is queued at the last close is counted': { uncounted: 0 },
  'set, for the whole process': { before: [], returned: ['SIGHUP'], end: 0, running: false },
  'a subscription that ends leaves what the program blocks everywhere': { end: 0 },
  'block adds, unblock takes away, set replaces': {
    union: ['SIGHUP', 'SIGUSR2', 'SIGWINCH'],
    without: ['SIGHUP', 'SIGUSR2'],
    nothing: ['SIGHUP', 'SIGUSR2'],
    replaced: ['SIGCONT'],
  },
  'SIGKILL and SIGSTOP stay open': { kill: false, stop: false, term: true },
  'a Worker inherits': { inherited: ['SIGUSR2', 'SIGWINCH'], own: ['SIGUSR2', 'SIGWINCH'] },
  'a pending standard signal is delivered once, and pending no more': {
    before: ['SIGUSR2'],
    after: [],
    told: [{ name: 'SIGUSR2', value: 0, count: 1 }],
  },
  'delivered before unblock returns': { before: ['SIGUSR2'], after: [], found: 'SI_TKILL' },
  'a wait takes one, the others stay pending': {
    taken: ['SIGHUP', 'SIGUSR2'],
    left: 1,
    leftIsSecond: true,
    third: null,
  },
  'a subscription opened inside of a section is told of what was held': {
    told: [{ name: 'SIGHUP', value: 0, count: 1 }],
  },
  'a section of ignored signals starts nothing': { running: false },
  'two Workers wait, each takes one': { names: ['SIGUSR2', 'SIGUSR2'] },
  'a Worker in a wait can be terminated': { ended: true },
  'children of a section': { section: false },
};

const BAD = {
  "scope 'all'": 'ERR_OUT_OF_RANGE',
  'scope 1': 'ERR_INVALID_ARG_TYPE',
  'options null': 'ERR_INVALID_ARG_TYPE',
  'SIGURG everywhere': 'ERR_SIGNAL_RESERVED',
  'SIGKILL everywhere': 'ERR_SIGNAL_UNCATCHABLE',
};

/** @param {Line} of threads that can be reached */
const expectAllBlocking = ({ threads, blocking }) => expect(blocking).toBe(threads);

eachRuntime((runtime) => {
  testWith([sigsend], 'masks, and waits in Workers', async () => {
    const fixture = start(runtime, 'masks.js');
    const results = await runCases(fixture);
    expect(results).toMatchObject(EXPECTED);

    const { during, told, after } = results['for the whole process'];
    for (const one of during) expectAllBlocking(one);
    expect(after).toEqual([0, 0]);
    expect(told.filter((/** @type {Line} */ { name }) => name === 'SIGRTMIN+1')).toEqual([
      { name: 'SIGRTMIN+1', value: 1, count: 1 },
      { name: 'SIGRTMIN+1', value: 2, count: 1 },
    ]);
    expect(told).toHaveLength(3);

    const { first, second } = results['set, for the whole process'];
    for (const one of [...first, second[1]]) expectAllBlocking(one);
    expect(second[0].blocking).toBe(0);
    expectAllBlocking(results['a subscription that ends leaves what the program blocks everywhere'].kept);

    const { errors, message, mask } = results['bad input'];
    expect(Object.fromEntries(errors.map((/** @type {Line} */ { call, code }) => [call, code]))).toEqual(BAD);
    expect(message).toMatch('signals[1]');
    expect(mask).toEqual([]);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  test('a Worker in a wait does not keep the process from its exit', async () => {
    const fixture = start(runtime, 'masks.js', { args: ['exit'] });
    await fixture.line('exits');
    expect(await fixture.closed).toMatchObject({ code: 4, signal: null });
  });
});
