// What a program of the soak tells of the signals that it was told of, and whether its own counters agree. Runs in the
// program, in Node and in Bun, on the main thread and in Workers.
'use strict';

const { stats } = require('../..');

/** @typedef {{ told: number, sum: number, last: number, gaps: number }} Tally */

/**
 * Of real-time signals whose payloads are 1, 2, 3, ...: how many, their sum, the latest one, and how often one
 * was not the next.
 * @param {boolean} fromTheStart the first one has to be 1
 */
function makeTally(fromTheStart) {
  /** @type {Record<string, Tally>} */
  const tallies = {};
  /** @param {import('../..').SignalInfo} info */
  const add = ({ name, value, count }) => {
    tallies[name] ??= { told: 0, sum: 0, last: fromTheStart ? 0 : value - 1, gaps: 0 };
    const tally = tallies[name];
    tally.told += count;
    tally.sum += value;
    if (value !== tally.last + 1) tally.gaps++;
    tally.last = value;
  };
  return { tallies, add };
}

/** The signals whose counters do not add up; an empty list is what is wanted. */
function unbalanced() {
  return Object.entries(stats().signals).flatMap(([name, counters]) => {
    const { received, delivered, coalesced, dropped, discarded } = counters;
    return received === delivered + coalesced + dropped + discarded ? [] : [{ name, ...counters }];
  });
}

module.exports = { makeTally, unbalanced };
