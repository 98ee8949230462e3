// How long from kill() to the callback: the process idle, kept on the sender's CPU, kept on another, and every CPU busy.
'use strict';

const { drive } = require('../lib/driver');
const { percentile } = require('../lib/statistics');

/** @typedef {import('../lib/types').Task} Task */

/**
 * @param {'idle' | 'together' | 'apart' | 'loaded'} mode
 * @param {string} title
 * @returns {Task}
 */
const task = (mode, title) => ({
  name: mode,
  title,
  columns: [
    { key: 'p50Us', title: 'p50 us' },
    { key: 'p99Us', title: 'p99 us' },
    { key: 'p999Us', title: 'p99.9 us' },
    {
      ...{ key: 'p50Us', title: 'p50 / process.on' },
      against: ({ id, way }) =>
        way === 'sigbridge' ? { task: mode, entrant: id.replace('sigbridge', 'process.on') } : undefined,
    },
    {
      ...{ key: 'p50Us', title: 'p50 / C signalfd' },
      against: ({ id }) => (id === 'c signalfd' ? undefined : { task: mode, entrant: 'c signalfd' }),
    },
  ],
  pictures: [
    {
      ...{
        file: `latency-${mode}.svg`,
        title: `kill() to callback: ${title[0].toLowerCase()}${title.slice(1)}`,
        unit: 'us',
      },
      keys: [
        { key: 'p50Us', title: 'p50' },
        { key: 'p99Us', title: 'p99' },
        { key: 'p999Us', title: 'p99.9' },
      ],
    },
  ],
  entrants: ({ field }) => field,
  async run({ id }, { field, size }) {
    const contender = field.find((one) => one.id === id);
    const count = mode === 'loaded' ? size.loadedSamples : size.samples;
    const what = { mode, receiverMode: 'latency', count, warm: size.warmSamples, signal: 'SIGUSR2' };
    const { driver, receiver } = await drive(contender, what);
    const { samples, lost, extra } = driver;
    const outcome = {
      p50Us: percentile(samples, 0.5) / 1000,
      p99Us: percentile(samples, 0.99) / 1000,
      p999Us: percentile(samples, 0.999) / 1000,
      maxUs: percentile(samples, 1) / 1000,
      ...{ samples: samples.length, lost, extra },
    };
    return { outcome, backend: receiver.backend };
  },
});

/** @type {import('../lib/types').Measure} */
module.exports = {
  name: 'latency',
  title: 'Latency',
  tasks: [
    task('idle', 'Idle'),
    task('together', 'Idle, sender and receiver on one CPU'),
    task('apart', 'Idle, sender and receiver on different CPUs'),
    task('loaded', 'A spinning process on every CPU'),
  ],
};
