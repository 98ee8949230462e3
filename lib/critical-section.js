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
  const { depth } = mask;
  const leaveScope = enterScope();
  let entered = false;
  let leftOpen = false;
  let result;
  // From before it is entered: where the stack ends, any call may throw.
  try {
    check(environment.enterSection(a, b, c, d));
    entered = true;
    result = callback();
  } finally {
    if (entered) environment.leaveSection(depth);
    leftOpen = leaveScope();
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
