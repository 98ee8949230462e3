// Random inputs that come again with the same seed: a failure says which, and SIGBRIDGE_SEED brings it back. Jest side.
'use strict';

const { generator } = require('../fixtures/lib/random');

class Random {
  #next;

  /** @param {number} seed */
  constructor(seed) {
    this.#next = generator(seed);
  }

  /** A whole number. @param {number} least @param {number} most */
  number(least, most) {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  of(list) {
    return list[this.number(0, list.length - 1)];
  }

  /** @template T @param {number} most @param {() => T} make @returns {T[]} */
  list(most, make) {
    return Array.from({ length: this.number(0, most) }, make);
  }

  /** @param {number} most @param {string} alphabet */
  text(most, alphabet) {
    return this.list(most, () => this.of([...alphabet])).join('');
  }

  /** 64 bits, now and then few of them set. */
  bits() {
    const [high, low] = [this.number(0, 2 ** 32 - 1), this.number(0, 2 ** 32 - 1)];
    const all = (BigInt(high) << 32n) | BigInt(low);
    return this.number(0, 3) === 0 ? 1n << BigInt(this.number(0, 63)) : all;
  }
}

const SEED = Number(process.env.SIGBRIDGE_SEED ?? 20_261_128);

/**
 * @param {number} times
 * @param {(random: Random) => void} property throws when it does not hold
 */
function forAll(times, property) {
  for (let i = 0; i < times; i++) {
    try {
      property(new Random(SEED + i));
    } catch (error) {
      if (error instanceof Error) error.message = `with SIGBRIDGE_SEED=${SEED + i}: ${error.message}`;
      throw error;
    }
  }
}

module.exports = { forAll };
