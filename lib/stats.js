// The counters of this environment and of the process, put together. JS thread.
'use strict';

const { native } = require('./binding');
const { counters, nameOf } = require('./dispatcher');

// received === delivered + coalesced + dropped + discarded, once nothing is waiting.
const NOTHING = Object.freeze({ received: 0, delivered: 0, coalesced: 0, dropped: 0, discarded: 0 });

function stats() {
  const { waiting, signals: flat, sequence, outcomes } = counters();
  const hub = native().hubStats();

  /** @type {Record<string, import('../binding').SignalCounters>} */
  const signals = {};
  for (let i = 0; i + 3 < flat.length; i += 4) {
    const [signo, received, coalesced, dropped] = flat.slice(i, i + 4);
    signals[nameOf(signo)] = { ...NOTHING, received, coalesced, dropped, ...outcomes[signo] };
  }
  const totals = { ...NOTHING };
  for (const signal of Object.values(signals)) {
    totals.received += signal.received;
    totals.delivered += signal.delivered;
    totals.coalesced += signal.coalesced;
    totals.dropped += signal.dropped;
    totals.discarded += signal.discarded;
  }
  const { backend, ringCapacity, ringHighWater, displaced, running, ...process } = hub;
  return {
    backend,
    running,
    ...totals,
    waiting,
    sequence,
    signals,
    ringCapacity,
    ringHighWater,
    displaced,
    process,
  };
}

module.exports = { stats };
