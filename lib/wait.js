// waitFor() and poll(): synchronous, as sigtimedwait(). JS thread, which stands still meanwhile.
'use strict';

const { check } = require('./binding');
const { start, waited } = require('./dispatcher');
const { settle } = require('./runtime-listeners');
const { toBits } = require('./signal-bits');
const { toOptions, toTimeout } = require('./validate');

/** @typedef {import('../binding').SignalInfo} SignalInfo */

// A runtime that ends a Worker can do so between two statements, not in the middle of a native call: so a wait is made of
// short ones. Milliseconds.
const SLICE = 200;

/**
 * @param {import('./native').Bits} bits
 * @param {number} ms
 * @returns {boolean} one was found
 */
function waitOnce(bits, ms) {
  const found = start().wait(ms, ...bits);
  if (typeof found === 'boolean') return found;
  throw check(found);
}

/**
 * @param {import('./native').Bits} bits
 * @param {number} ms
 */
function waitInSlices(bits, ms) {
  const environment = start();
  let begun = false;
  try {
    check(environment.beginWait(...bits));
    begun = true;
    for (const end = performance.now() + ms; ; ) {
      const left = end - performance.now();
      if (waitOnce(bits, Math.max(Math.min(left, SLICE), 0))) return true;
      if (left <= SLICE) return false;
    }
  } finally {
    if (begun) environment.endWait();
  }
}

/**
 * @param {unknown} signals
 * @param {number} ms
 * @returns {SignalInfo | null}
 */
function wait(signals, ms) {
  const bits = toBits(signals);
  settle();
  const found = ms <= SLICE ? waitOnce(bits, ms) : waitInSlices(bits, ms);
  return found ? waited() : null;
}

/**
 * @param {unknown} signals
 * @param {{ timeout?: number }} [options]
 */
function waitFor(signals, options) {
  return wait(signals, toTimeout(toOptions(options).timeout) ?? Number.POSITIVE_INFINITY);
}

/** @param {unknown} signals */
function poll(signals) {
  return wait(signals, 0);
}

module.exports = { poll, waitFor };
