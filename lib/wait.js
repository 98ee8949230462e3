// waitFor() and poll(): synchronous, as sigtimedwait(). JS thread, which stands still meanwhile.
'use strict';

const { check } = require('./binding');
const { start, waited } = require('./dispatcher');
const { settle } = require('./runtime-listeners');
const { toBits } = require('./signal-bits');
const { toOptions, toTimeout } = require('./validate');

/** @typedef {import('../binding').SignalInfo} SignalInfo */

/**
 * @param {unknown} signals
 * @param {number} ms below 0: for ever
 * @returns {SignalInfo | null}
 */
function wait(signals, ms) {
  settle();
  const found = start().wait(ms, ...toBits(signals));
  if (typeof found === 'boolean') return found ? waited() : null;
  throw check(found);
}

/**
 * @param {unknown} signals
 * @param {{ timeout?: number }} [options]
 */
function waitFor(signals, options) {
  return wait(signals, toTimeout(toOptions(options).timeout) ?? -1);
}

/** @param {unknown} signals */
function poll(signals) {
  return wait(signals, 0);
}

module.exports = { poll, waitFor };
