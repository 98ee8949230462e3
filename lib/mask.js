// The calling thread's signal mask, its stack, and what is pending. JS thread: the main thread's and each Worker's are
// their own.
'use strict';

const { SignalError, argumentType, outOfRange } = require('./errors');
const { start } = require('./dispatcher');
const { check, native } = require('./binding');
const { toBits } = require('./signal-bits');
const { toInt32, toOptions } = require('./validate');

/** @typedef {import('../binding').SignalName} SignalName */

const LIMIT = 16;
const URGENT = 'SIGURG';
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
const BLOCK = 0;
const UNBLOCK = 1;
const SET = 2;

/**
 * @param {unknown} options
 * @returns {boolean} for every thread of the process
 */
function isForProcess(options) {
  const { scope = 'thread' } = toOptions(/** @type {{ scope?: unknown }} */ (options));
  if (typeof scope !== 'string') throw argumentType('options.scope', "'thread' or 'process'", scope);
  if (scope !== 'thread' && scope !== 'process')
    throw outOfRange('options.scope', "'thread' or 'process'", scope);
  return scope === 'process';
}

/**
 * @param {0 | 1 | 2} change
 * @param {import('./native').Bits} bits
 */
function everywhere(change, bits) {
  const urgent = native().numberOf(URGENT);
  if (change !== UNBLOCK && urgent <= 32 && bits[0] & (1 << (urgent - 1))) {
    throw new SignalError(
      'ERR_SIGNAL_RESERVED',
      `signals: ${URGENT} is reserved: the other threads are reached with it; {scope: 'thread'} takes it`,
    );
  }
  const before = start().maskEverywhere(change, ...bits);
  if (Array.isArray(before)) return names(before);
  throw check(before);
}

const mask = {
  current() {
    return names(start().maskCurrent());
  },

  /** @param {unknown} signals @param {unknown} [options] */
  block(signals, options) {
    const bits = toBits(signals, MAY_BE_EMPTY);
    return isForProcess(options) ? everywhere(BLOCK, bits) : names(start().maskBlock(...bits));
  },

  /** @param {unknown} signals @param {unknown} [options] */
  unblock(signals, options) {
    const bits = toBits(signals, MAY_BE_EMPTY);
    return isForProcess(options) ? everywhere(UNBLOCK, bits) : names(start().maskUnblock(...bits));
  },

  /** @param {unknown} signals @param {unknown} [options] */
  set(signals, options) {
    const bits = toBits(signals, MAY_BE_EMPTY);
    return isForProcess(options) ? everywhere(SET, bits) : names(start().maskSet(...bits));
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
