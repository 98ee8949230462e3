// Real-time signals: every one of them, queued in numbers from outside, in order per signal, none lost.
'use strict';

const { expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { series, sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');
const { signalNumber } = require('../../lib/index.js');

const COUNT = 50;
const inOrder = Array.from({ length: COUNT }, (_, index) => index + 1);

/** @param {number[]} values */
const swaps = (values) => values.filter((value, index) => index > 0 && value < values[index - 1]).length;

eachRuntime((runtime) => {
  // In Node the wait thread alone takes real-time signals. In Bun and Deno the main thread does, and a thread that the
  // runtime starts in the middle of it may take one, and a Worker many, out of turn.
  /** @param {boolean} withWorkers */
  const allowedSwaps = (withWorkers) => (runtime.kind === 'node' ? 0 : withWorkers ? Infinity : 3);

  /**
   * @param {import('../helpers/fixture').Line} summary
   * @param {number} allowed
   */
  function expectAll({ missing, values }, allowed) {
    const signals = Object.keys(values);
    expect(signals).toHaveLength(signalNumber('SIGRTMAX') - signalNumber('SIGRTMIN') + 1);
    const all = signals.reduce((sum, signal) => sum + swaps(values[signal]), 0);
    expect(all).toBeLessThanOrEqual(allowed);
    for (const signal of signals) {
      const got = allowed === 0 ? values[signal] : [...values[signal]].sort((a, b) => a - b);
      expect({ signal, values: got }).toEqual({ signal, values: inOrder });
    }
    expect(missing).toBe(0);
  }

  /**
   * @param {string[]} args
   * @param {('main' | 'worker')[]} listeners
   */
  async function expectOrder(args, listeners) {
    const fixture = start(runtime, 'realtime.js', { args: [COUNT, ...args] });
    await fixture.line('ready');
    await series(fixture.pid, signalNumber('SIGRTMIN'), signalNumber('SIGRTMAX'), COUNT);
    const summaries = await fixture.linesOf(
      ({ event }) => event === 'main' || event === 'worker',
      listeners.length,
    );
    expect(summaries.map(({ event }) => event).sort()).toEqual([...listeners].sort());
    for (const summary of summaries) expectAll(summary, allowedSwaps(listeners.includes('worker')));
  }

  testWith([sigsend], `each gets its ${COUNT}, in order`, () => expectOrder([], ['main']));

  testWith([sigsend], 'main thread and Worker each get all of them, in order', () =>
    expectOrder(['both'], ['main', 'worker']),
  );

  testWith([sigsend], 'a Worker alone gets all of them, in order', () => expectOrder(['worker'], ['worker']));

  testWith([sigsend], 'in order too when pool threads were there before', () =>
    expectOrder(['pool'], ['main']),
  );

  testWith([sigsend], 'in order too when pool threads are born after', () =>
    expectOrder(['late-pool'], ['main']),
  );
});
