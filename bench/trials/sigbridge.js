// A trial's receiver: this package's onSignal.
'use strict';

const { onSignal, stats } = require('../..');
const { acknowledge, first, ready, signal, tally, tallyInOrder, task } = require('./receiver');

/** @type {Record<string, import('../..').SignalListener>} */
const listeners = {
  latency: acknowledge,
  storm: ({ count }) => tally(count),
  queue: ({ count, value }) => tallyInOrder(count, value),
};

if (task === 'first') {
  first((told) => onSignal(signal, told));
} else {
  const subscription = onSignal(signal, listeners[task]);
  // Counted since the process began: what the warm-up lost is no loss of the trial's.
  const began = stats();
  ready(() => {
    const { backend, coalesced, dropped, ringHighWater } = stats();
    subscription.close();
    return { backend, coalesced, dropped: dropped - began.dropped, ringHighWater };
  });
}
