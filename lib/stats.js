// The counters of this environment and of the process, put together. JS thread.
'use strict';

const { native } = require('./binding');
const { counters, nameOf } = require('./dispatcher');
const { errnoName } = require('./errors');
const levels = require('./health-levels');

// received === delivered + coalesced + dropped + discarded, once nothing is waiting.
const NOTHING = Object.freeze({ received: 0, delivered: 0, coalesced: 0, dropped: 0, discarded: 0 });

/** @param {number} signo */
function isDisplaced(signo) {
  const standing = native().disposition(signo);
  return 'ours' in standing && !standing.ours;
}

/** @returns {import('../binding').Recovery} */
function recoveryNow() {
  const { last, ...recovery } = native().recovery();
  if (last === null) return { ...recovery, lastFailure: null };
  const { syscall, errno, at } = last;
  return {
    ...recovery,
    lastFailure: { syscall, errno, code: errnoName(errno), time: new Date(at).toISOString() },
  };
}

/**
 * @param {object} of
 * @param {number} of.longestWait in ms
 * @param {number[]} of.subscribed
 * @param {import('../binding').SignalCounters} of.totals
 * @param {{ received: number, overflow: number }} of.process
 */
function healthOf({ longestWait, subscribed, totals, process }) {
  const { received, dropped } = totals;
  const { received: taken, overflow } = process;
  const recovery = recoveryNow();
  const { restarts, missing } = recovery;
  const grown = levels.recent({ received, dropped, taken, overflow, restarts });
  const verdict = levels.verdict([
    ...levels.latency('latency', longestWait),
    ...levels.failures('loss', grown.dropped, grown.received),
    ...levels.failures('overflow', grown.overflow, grown.taken),
    ...levels.displaced(subscribed.filter(isDisplaced).map(nameOf)),
    ...levels.queue(native().signalQueue()),
    ...levels.recovery(missing.length + grown.restarts),
  ]);
  return { ...verdict, recovery };
}

function stats() {
  const { waiting, longestWait, signals: flat, sequence, outcomes, subscribed } = counters();
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
    // When it is looked at: it asks the kernel for each handler, and many a caller wants a counter alone.
    get health() {
      return healthOf({ longestWait, subscribed, totals, process });
    },
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
