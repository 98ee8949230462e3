// criticalSection(): a synchronous function that no signal of the given ones reaches into, from nowhere in the process.
// JS thread.
'use strict';

const { check } = require('./binding');
const { start } = require('./dispatcher');
const { SignalError } = require('./errors');
const { enterScope, mask } = require('./mask');
const { settle } = require('./runtime-listeners');
const { toBits } = require('./signal-bits');
const { mustBeSync, toSyncFunction } = require('./validate');

/**
 * @template T
 * @param {unknown} signals
 * @param {() => T} fn
 * @returns {T}
 */
function criticalSection(signals, fn) {
  const [a, b, c, d] = toBits(signals);
  const callback = toSyncFunction(fn, 'signals are held until it returns');
  settle();
  const environment = start();
  check(environment.enterSection(a, b, c, d));
  const { depth } = mask;
  const leaveScope = enterScope();
  let leftOpen = false;
  let result;
  try {
    result = callback();
  } finally {
    leftOpen = leaveScope();
    environment.leaveSection(depth);
  }
  if (leftOpen) {
    throw new SignalError(
      'ERR_MASK_OVERFLOW',
      'fn: a mask.push() of this critical section was not popped in it; the mask is as it was before the section',
    );
  }
  return mustBeSync(result, fn);
}

module.exports = { criticalSection };
