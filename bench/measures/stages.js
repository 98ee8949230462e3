// The parts of a delivery's way, in an idle process: inside our signal handler, and from there to the listener.
'use strict';

const path = require('node:path');
const { trials } = require('../lib/contenders');
const { drive } = require('../lib/driver');
const { percentile } = require('../lib/statistics');

/** @param {'handler' | 'loop'} name @param {string} title @returns {import('../lib/types').Task} */
const task = (name, title) => ({
  name,
  title,
  columns: [
    { key: 'p50Us', title: 'p50 us' },
    { key: 'p99Us', title: 'p99 us' },
    { key: 'maxUs', title: 'longest us' },
  ],
  entrants: ({ field }) => field.filter(({ way }) => way === 'sigbridge'),
  async run({ id }, { field, runtimes, size }) {
    const contender = field.find((one) => one.id === id);
    const { command } = runtimes.find(({ kind }) => id.startsWith(kind)) ?? { command: [] };
    const looking = contender && { ...contender, command: [...command, path.join(trials, 'stages.js')] };
    const { samples: count, warmSamples: warm } = size;
    const { receiver } = await drive(looking, {
      mode: 'idle',
      receiverMode: name,
      count,
      warm,
      signal: 'SIGUSR2',
    });
    const { backend } = receiver;
    const samples = receiver.samples.slice(warm);
    const us = (/** @type {number} */ share) => percentile(samples, share) / 1000;
    return { outcome: { p50Us: us(0.5), p99Us: us(0.99), maxUs: us(1), samples: samples.length }, backend };
  },
});

/** @type {import('../lib/types').Measure} */
module.exports = {
  name: 'stages',
  title: 'On the way',
  tasks: [
    task('handler', 'One run of the signal handler, while a trace records it'),
    task('loop', "From the handler's clock to the listener, idle"),
  ],
};
