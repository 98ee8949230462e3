// Sets of signals as the native side takes them for masks, sections and waits: four numbers of 32 bits, made once for
// each name. JS thread.
'use strict';

const { mustBeTakeable, toSignalNumber, toSignalNumbers } = require('./validate-signal');

/** @typedef {import('./native').Bits} Bits */

/** @type {Bits} */
const NONE = [0, 0, 0, 0];
// Single signals that were found good. Of the platform's names and numbers, so it stays small.
/** @type {Map<unknown, Bits>} */
const known = new Map();

/**
 * @param {unknown} signal
 * @param {number} [index] in the argument, where that is an array
 * @returns {Bits}
 */
function bitsOfOne(signal, index) {
  let bits = known.get(signal);
  if (bits === undefined) {
    const argument = index === undefined ? 'signals' : `signals[${index}]`;
    const signo = toSignalNumber(signal, argument);
    mustBeTakeable(argument, signo);
    const words = [...NONE];
    words[(signo - 1) >> 5] = (1 << ((signo - 1) & 31)) >>> 0;
    bits = /** @type {Bits} */ (/** @type {unknown} */ (words));
    known.set(signal, bits);
  }
  return bits;
}

/**
 * Signals that a thread may block and wait for.
 * @param {unknown} signals
 * @param {{ mayBeEmpty?: boolean }} [options]
 * @returns {Bits}
 */
function toBits(signals, options) {
  if (typeof signals === 'string' || typeof signals === 'number') return bitsOfOne(signals);
  // Holes and what is no array are refused there.
  if (!Array.isArray(signals) || signals.length === 0) toSignalNumbers(signals, options);
  let [a, b, c, d] = NONE;
  const { length } = /** @type {unknown[]} */ (signals);
  for (let i = 0; i < length; i++) {
    const one = bitsOfOne(/** @type {unknown[]} */ (signals)[i], i);
    a |= one[0];
    b |= one[1];
    c |= one[2];
    d |= one[3];
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

module.exports = { toBits };
