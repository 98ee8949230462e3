// The calling thread's signal mask, its stack, and what is pending. JS thread: the main thread's and each Worker's are
// their own.
'use strict';

const { SignalError, outOfRange } = require('./errors');
const { start } = require('./dispatcher');
const { native } = require('./binding');
const { toBits } = require('./signal-bits');
const { toInt32 } = require('./validate');

/** @typedef {import('../binding').SignalName} SignalName */

const LIMIT = 16;
// How many pushes stand, and how many of them stood when the innermost critical section was entered.
let depth = 0;
let floor = 0;

/**
 * @param {number[]} signos
 * @returns {SignalName[]}
 */
function names(signos) {
  return signos.map((signo) => native().nameOf(signo));
}

const MAY_BE_EMPTY = { mayBeEmpty: true };

const mask = {
  current() {
    return names(start().maskCurrent());
  },

  /** @param {unknown} signals */
  block(signals) {
    return names(start().maskBlock(...toBits(signals, MAY_BE_EMPTY)));
  },

  /** @param {unknown} signals */
  unblock(signals) {
    return names(start().maskUnblock(...toBits(signals, MAY_BE_EMPTY)));
  },

  /** @param {unknown} signals */
  set(signals) {
    return names(start().maskSet(...toBits(signals, MAY_BE_EMPTY)));
  },

  /** @param {unknown} signals */
  push(signals) {
    const [a, b, c, d] = toBits(signals, MAY_BE_EMPTY);
    if (depth === LIMIT) {
      throw new SignalError('ERR_MASK_OVERFLOW', `push(): the mask stack is ${LIMIT} deep, and full`);
    }
    start().maskPush(a, b, c, d);
    return ++depth;
  },

  /** @param {number} [expected] */
  pop(expected) {
    if (expected !== undefined) mustBeInnermost(expected);
    if (depth === 0) throw new SignalError('ERR_MASK_UNDERFLOW', 'pop(): the mask stack is empty');
    if (depth === floor) {
      throw new SignalError(
        'ERR_MASK_UNDERFLOW',
        'pop(): the push was made outside of this critical section, and belongs there',
      );
    }
    start().maskPop();
    depth--;
  },

  get depth() {
    return depth;
  },
};

/** @param {unknown} expected what push() returned */
function mustBeInnermost(expected) {
  const level = toInt32(expected, 'depth');
  if (level < 1) throw outOfRange('depth', 'what push() returned, 1 or greater', expected);
  if (level === depth) return;
  throw new SignalError(
    'ERR_MASK_UNDERFLOW',
    `pop(${level}): wrong order, ${depth === 0 ? 'nothing is pushed' : `the innermost push is number ${depth}`}`,
  );
}

/** A critical section begins: pops may not go below. @returns {() => boolean} ends it: true if pushes were left open */
function enterScope() {
  const outer = floor;
  floor = depth;
  const entered = depth;
  return () => {
    const leftOpen = depth > entered;
    depth = entered;
    floor = outer;
    return leftOpen;
  };
}

function pending() {
  const found = start().pending();
  const [thread, ofProcess, held] = [names(found.thread), names(found.process), names(found.held)];
  const all = [...new Set([...found.thread, ...found.process, ...found.held])].sort((a, b) => a - b);
  return Object.assign(names(all), { thread, process: ofProcess, held });
}

module.exports = { enterScope, mask, pending };
