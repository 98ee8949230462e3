// A trial's receiver: this package's onSignal.
'use strict';

const { onSignal, stats } = require('../..');
const { acknowledge, ready, signal, tally, tallyInOrder, task } = require('./receiver');

/** @type {Record<string, import('../..').SignalListener>} */
const listeners = {
  latency: acknowledge,
  storm: ({ count }) => tally(count),
  queue: ({ count, value }) => tallyInOrder(count, value),
};

const subscription = onSignal(signal, listeners[task]);

ready(() => {
  const { received, coalesced, dropped, ringHighWater } = stats();
  subscription.close();
  return { received, coalesced, dropped, ringHighWater };
});
