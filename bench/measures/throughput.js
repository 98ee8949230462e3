// How many signals a second reach callbacks, whether all do, in what order, and what each costs in CPU time.
'use strict';

const { drive } = require('../lib/driver');

/** @typedef {import('../lib/types').Column} Column */

const REAL_TIME = 'SIGRTMIN+2';
const STANDARD = 'SIGUSR2';

/**
 * @param {any} driver what the sender saw
 * @param {any} receiver what the receiver counted
 * @returns {import('../lib/types').Outcome}
 */
function outcomeOf({ sent, refused, firstNs, lastNs }, receiver) {
  const { callbacks, deliveries, reordered, cpuUs, threadCpuUs, dropped = 0, ringHighWater } = receiver;
  const seconds = (receiver.lastNs - firstNs) / 1e9;
  const lost = sent - deliveries;
  return {
    ...{ sent, refused, sendSeconds: (lastNs - firstNs) / 1e9 },
    ...{ callbacks, deliveries, seconds, perSecond: deliveries / seconds },
    ...{ lost, unexplained: lost - dropped, reordered },
    cpuUs: cpuUs / deliveries,
    ...(threadCpuUs === undefined ? {} : { threadCpuUs: threadCpuUs / deliveries }),
    ...(ringHighWater === undefined ? {} : { ringHighWater }),
  };
}

/**
 * Real-time signals are beyond process.on: there its callbacks for standard ones are the nearest thing.
 * @param {string} task
 * @returns {NonNullable<Column['against']>}
 */
const besideProcessOn =
  (task) =>
  ({ id, way }) =>
    way === 'sigbridge' ? { task, entrant: id.replace('sigbridge', 'process.on') } : undefined;

/** @param {string} task @returns {NonNullable<Column['against']>} */
const besideC =
  (task) =>
  ({ id }) =>
    id === 'c signalfd' ? undefined : { task, entrant: 'c signalfd' };

/** @type {Column[]} */
const COUNTS = [
  { key: 'perSecond', title: 'deliveries/s' },
  { key: 'threadCpuUs', title: 'JS thread CPU, us each' },
  { key: 'cpuUs', title: 'process CPU, us each' },
];
/** @type {Column[]} */
const CHECKS = [
  { key: 'lost', title: 'lost (worst)', worst: true },
  { key: 'reordered', title: 'out of order (worst)', worst: true },
];

/** @type {import('../lib/types').Measure} */
const throughput = {
  name: 'throughput',
  title: 'Throughput',
  tasks: [
    {
      name: 'queue',
      title: 'Real-time signals with payload, one sender',
      columns: [
        ...COUNTS,
        ...CHECKS,
        { key: 'perSecond', title: '/ process.on', against: besideProcessOn('storm') },
        { key: 'perSecond', title: '/ C signalfd', against: besideC('queue') },
      ],
      pictures: [
        {
          ...{ file: 'throughput.svg', title: 'Deliveries per second, real-time signals', unit: 'a second' },
          keys: [{ key: 'perSecond', title: 'deliveries/s' }],
          also: { task: 'storm', way: 'process.on', note: 'standard signal' },
        },
        {
          ...{ file: 'cpu.svg', title: 'CPU time of the receiving thread per delivery', unit: 'us' },
          keys: [{ key: 'threadCpuUs', title: 'us' }],
          also: { task: 'storm', way: 'process.on', note: 'standard signal' },
        },
      ],
      entrants: ({ field }) => field.filter(({ way }) => way !== 'process.on'),
      async run({ id }, { field, size }) {
        const contender = field.find((one) => one.id === id);
        const what = { mode: 'queue', count: size.signals, warm: size.warmSignals, signal: REAL_TIME };
        const { driver, receiver } = await drive(contender, what);
        return { outcome: outcomeOf(driver, receiver), backend: receiver.backend };
      },
    },
    {
      name: 'storm',
      title: 'One standard signal, kill() without a pause (the kernel merges those that are pending)',
      columns: [
        ...COUNTS,
        { key: 'deliveries', title: 'deliveries' },
        { key: 'perSecond', title: '/ process.on', against: besideProcessOn('storm') },
        { key: 'perSecond', title: '/ C signalfd', against: besideC('storm') },
      ],
      entrants: ({ field }) => field,
      async run({ id }, { field, size }) {
        const contender = field.find((one) => one.id === id);
        const what = { mode: 'storm', count: size.signals, warm: size.warmSignals, signal: STANDARD };
        const { driver, receiver } = await drive(contender, what);
        const { lost: _lost, unexplained: _unexplained, ...outcome } = outcomeOf(driver, receiver);
        return { outcome, backend: receiver.backend };
      },
    },
  ],
};

/** @type {import('../lib/types').Measure} */
const million = {
  name: 'million',
  title: 'A million real-time signals',
  long: true,
  tasks: [
    {
      name: 'million',
      title: 'Real-time signals with payload, two senders',
      columns: [
        { key: 'sent', title: 'sent' },
        { key: 'deliveries', title: 'arrived' },
        ...CHECKS,
        { key: 'perSecond', title: 'deliveries/s' },
        { key: 'refused', title: 'EAGAIN' },
      ],
      entrants: ({ field }) => field.filter(({ way }) => way === 'sigbridge'),
      async run({ id }, { field, size }) {
        const contender = field.find((one) => one.id === id);
        const what = { mode: 'queue', count: size.million, warm: 0, signal: REAL_TIME, senders: 2 };
        const { driver, receiver } = await drive(contender, what);
        return { outcome: outcomeOf(driver, receiver), backend: receiver.backend };
      },
    },
  ],
};

module.exports = { million, throughput };
