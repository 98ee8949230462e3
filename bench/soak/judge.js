// Whether a soak went well: pure functions of what the senders, the program and /proc have said.
'use strict';

const { median } = require('../lib/statistics');

/**
 * One second. Sizes in bytes; `threads` and `descriptors` as /proc counts them; `collected`: garbage was, right before.
 * @typedef {{ at: number, rss: number, heap: number, threads: number, descriptors: number, told: number, http: number,
 *   collected: boolean }} Sample
 * @typedef {{ threads: number, descriptors: number }} Picture of the process at rest
 * @typedef {{ title: string, wanted: string, found: string, ok: boolean }} Verdict
 */

const MIB = 2 ** 20;
// A part of the run at its beginning, when caches and compiled code have settled, against its end.
const EARLY = { from: 0.2, to: 0.4 };
const LATE = { from: 0.8, to: 1 };
/** How much more the later median may be: a twentieth, and what an allocator may keep anyway. */
const GROWTH = 1.05;
const SLACK = { rss: 8 * MIB, heap: 2 * MIB };

/** @param {Sample[]} samples @param {{ from: number, to: number }} part @param {'rss' | 'heap'} key */
function medianOf(samples, { from, to }, key) {
  const [first, last] = [Math.floor(samples.length * from), Math.ceil(samples.length * to)];
  const part = samples.slice(first, last).filter(({ collected }) => collected);
  return median(part.map((sample) => sample[key]));
}

/** @param {number} bytes */
const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;

/** @param {Sample[]} samples @param {'rss' | 'heap'} key @param {string} title @returns {Verdict} */
function flat(samples, key, title) {
  const [early, late] = [medianOf(samples, EARLY, key), medianOf(samples, LATE, key)];
  const most = early * GROWTH + SLACK[key];
  return {
    title: `${title} after a collection, median of the last fifth against that of the second`,
    wanted: `<= ${mib(most)}`,
    found: `${mib(late)} after ${mib(early)}`,
    ok: late <= most,
  };
}

/** @param {Picture} before @param {Picture} after @param {'threads' | 'descriptors'} key @returns {Verdict} */
const same = (before, after, key) => ({
  title: `${key} at rest, before and after`,
  wanted: String(before[key]),
  found: String(after[key]),
  ok: before[key] === after[key],
});

/** 1 + 2 + ... + count: what the payloads of all add up to. @param {number} count */
const sumTo = (count) => (count * (count + 1)) / 2;

/**
 * @param {Record<string, number>} accepted by the kernel, by name
 * @param {Record<string, import('./counts').Tally>} tallies
 * @param {string[]} inOrder those that come to one place alone, in the order they were sent
 * @returns {Verdict[]}
 */
function complete(accepted, tallies, inOrder) {
  return Object.entries(accepted).map(([name, count]) => {
    const { told = 0, sum = 0, gaps = 0 } = tallies[name] ?? {};
    const ordered = !inOrder.includes(name) || gaps === 0;
    const difference = told - count;
    return {
      title: `${name}: each one told once${inOrder.includes(name) ? ', in order' : ''}`,
      wanted: `${count} accepted`,
      found: `${told} told${difference === 0 ? '' : ` (${difference})`}${ordered ? '' : `, ${gaps} gaps`}`,
      ok: difference === 0 && sum === sumTo(count) && ordered,
    };
  });
}

/** @param {string} title @param {unknown[]} list that has to be empty @returns {Verdict} */
const nothing = (title, list) => ({
  title,
  wanted: 'none',
  found:
    list.length === 0
      ? 'none'
      : list
          .slice(0, 5)
          .map((item) => JSON.stringify(item))
          .join('; '),
  ok: list.length === 0,
});

/** @param {string} title @param {number} value @param {'>=' | '<='} is @param {number} limit @returns {Verdict} */
const limit = (title, value, is, limit) => ({
  title,
  wanted: `${is} ${limit}`,
  found: String(Math.round(value)),
  ok: is === '>=' ? value >= limit : value <= limit,
});

module.exports = { complete, flat, limit, nothing, same };
