// What the package costs a process that has just started: time to the first delivery, time of loading, memory, file size.
// A trial is several processes one after the other; the median of each number counts.
'use strict';

const path = require('node:path');
const { run } = require('../lib/child');
const { trials } = require('../lib/contenders');
const { drive } = require('../lib/driver');
const { strippedSize } = require('../lib/native');
const { median } = require('../lib/statistics');

const footprint = path.join(trials, 'footprint.js');

/**
 * @template T
 * @param {number} times
 * @param {() => Promise<T>} once
 */
async function repeat(times, once) {
  const all = [];
  // The first one finds files that nobody has read for a while.
  await once();
  for (let i = 0; i < times; i++) all.push(await once());
  return all;
}

/** @type {import('../lib/types').Measure} */
module.exports = {
  name: 'startup',
  title: 'Start and footprint',
  tasks: [
    {
      name: 'first',
      title: 'The first delivery, of a signal that the process sends itself',
      columns: [
        { key: 'fromStartMs', title: 'from process start, ms' },
        { key: 'fromCallMs', title: 'from the subscribing call, ms' },
      ],
      entrants: ({ field }) => field,
      async run({ id }, { field, size }) {
        const contender = field.find((one) => one.id === id);
        const what = { mode: 'first', count: 0, warm: 0, signal: 'SIGUSR2' };
        const all = await repeat(size.processes, () => drive(contender, what));
        const outcome = {
          fromStartMs: median(all.map(({ driver, receiver }) => (receiver.lastNs - driver.startNs) / 1e6)),
          fromCallMs: median(all.map(({ receiver }) => (receiver.lastNs - receiver.callNs) / 1e6)),
        };
        return { outcome };
      },
    },
    {
      name: 'load',
      title: 'Loading the package',
      columns: [
        { key: 'requireMs', title: 'require, ms' },
        { key: 'firstCallMs', title: 'first native call, ms' },
        { key: 'totalMs', title: 'both, ms' },
      ],
      entrants: ({ field }) => field.filter(({ way }) => way === 'sigbridge'),
      async run({ id }, { runtimes, size }) {
        const { command } = runtimes.find(({ kind }) => id.startsWith(kind)) ?? { command: [] };
        const all = await repeat(size.processes, async () => (await run([...command, footprint, 'load']))[0]);
        const outcome = {
          requireMs: median(all.map((one) => one.requireMs)),
          firstCallMs: median(all.map((one) => one.firstCallMs)),
          totalMs: median(all.map((one) => one.requireMs + one.firstCallMs)),
        };
        return { outcome, backend: all[0].backend };
      },
    },
    {
      name: 'memory',
      title: 'Resident memory added by loading, one subscription and its first delivery',
      columns: [
        { key: 'rssKiB', title: 'KiB' },
        { key: 'anonymousKiB', title: 'of it anonymous' },
        { key: 'requireKiB', title: 'by require' },
        { key: 'subscribeKiB', title: 'by the subscription' },
        { key: 'deliveryKiB', title: 'by the delivery' },
      ],
      entrants: ({ field }) => field.filter(({ way }) => way === 'sigbridge' || way === 'process.on'),
      async run({ id, way }, { runtimes, size }) {
        const { command } = runtimes.find(({ kind }) => id.startsWith(kind)) ?? { command: [] };
        const all = await repeat(size.processes, async () => (await run([...command, footprint, way]))[0]);
        const keys = ['rssKiB', 'anonymousKiB', 'requireKiB', 'subscribeKiB', 'deliveryKiB'];
        return { outcome: Object.fromEntries(keys.map((key) => [key, median(all.map((one) => one[key]))])) };
      },
    },
    {
      name: 'size',
      title: 'The binary',
      columns: [{ key: 'strippedKiB', title: 'stripped, KiB' }],
      entrants: () => [{ id: 'binary', name: 'sigbridge.node', way: 'sigbridge' }],
      run: async () => ({ outcome: { strippedKiB: strippedSize() / 1024 } }),
    },
  ],
};
