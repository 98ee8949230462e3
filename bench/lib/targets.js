// What the project set out to reach, and whether it has.
'use strict';

const { valueNamed, worstOfRuntimes } = require('./figures');
const { short } = require('./tables');

/**
 * @typedef {import('./results').Results} Results
 * @typedef {{ title: string, is: '>=' | '<=', limit: number, unit?: string,
 *   value: (results: Results) => number | undefined }} Target
 */

/** @param {string} name @returns {Target['value']} */
const figure = (name) => (results) => valueNamed(results, name);

/** @type {Target[]} */
const TARGETS = [
  {
    title: 'real-time signals/s, Node against plain C signalfd',
    ...{ is: '>=', limit: 0.9, value: figure('throughput node / c signalfd') },
  },
  {
    title: 'real-time signals/s, Node against the deliveries/s of process.on',
    ...{ is: '>=', limit: 20, value: figure('throughput node / process.on') },
  },
  {
    title: 'real-time signals lost, worst trial of Node, Bun, Deno',
    ...{ is: '<=', limit: 0, value: (results) => worstOfRuntimes(results, 'lost') },
  },
  {
    title: 'payloads out of order, worst trial of Node, Bun, Deno',
    ...{ is: '<=', limit: 0, value: (results) => worstOfRuntimes(results, 'reordered') },
  },
  ...['node', 'bun', 'deno'].map((runtime) => ({
    title: `of 1,000,000 real-time signals lost, ${runtime}`,
    ...{ is: /** @type {const} */ ('<='), limit: 0, value: figure(`million lost ${runtime}`) },
  })),
  {
    title: 'JS-thread CPU a delivery, Node against process.on',
    ...{ is: '<=', limit: 0.1, value: figure('thread cpu node / process.on') },
  },
  // By chance on one CPU or on two; and then on one, and on two.
  ...[
    { mode: 'idle', where: 'idle' },
    { mode: 'together', where: 'idle, on one CPU' },
    { mode: 'apart', where: 'idle, on two CPUs' },
  ].flatMap(({ mode, where }) => [
    {
      title: `latency p50 ${where}, Node against process.on`,
      ...{ is: /** @type {const} */ ('<='), limit: 1.0, value: figure(`latency ${mode} node / process.on`) },
    },
    {
      title: `latency p50 ${where}, Bun against process.on`,
      ...{ is: /** @type {const} */ ('<='), limit: 1.3, value: figure(`latency ${mode} bun / process.on`) },
    },
  ]),
  {
    title: 'resident memory added, Node',
    ...{ is: '<=', limit: 1.5 * 1024, unit: 'KiB', value: figure('memory KiB') },
  },
  {
    title: 'require, Node',
    ...{ is: '<=', limit: 3, unit: 'ms', value: figure('require ms') },
  },
  { title: 'stripped binary', is: '<=', limit: 250, unit: 'KiB', value: figure('binary KiB') },
  {
    title: 'HTTP requests/s with 10 idle subscriptions against without, Node',
    ...{ is: '>=', limit: 0.99, value: figure('http node / without') },
  },
  { title: 'mask push and pop, Node', is: '<=', limit: 2, unit: 'us', value: figure('mask pair us') },
  {
    title: 'one run of the signal handler, p99, Node',
    ...{ is: '<=', limit: 50, unit: 'us', value: figure('handler p99 us') },
  },
  {
    title: 'from the handler to the listener, idle, p99, Node',
    ...{ is: '<=', limit: 1000, unit: 'us', value: figure('to the loop p99 us') },
  },
  { title: 'guard, first call', is: '<=', limit: 1000, unit: 'us', value: figure('guard us') },
  { title: 'harden, first call', is: '<=', limit: 50, unit: 'us', value: figure('harden us') },
];

/** @param {Target} target @param {number | undefined} value */
function verdict({ is, limit }, value) {
  if (value === undefined) return 'not measured';
  return (is === '>=' ? value >= limit : value <= limit) ? 'met' : 'missed';
}

/** @param {Results} results @returns {import('./tables').Table} */
function targetTable(results) {
  const rows = TARGETS.map((target) => {
    const value = target.value(results);
    const unit = target.unit === undefined ? '' : ` ${target.unit}`;
    const figureText = value === undefined ? '-' : `${short(value)}${unit}`;
    return [target.title, `${target.is} ${target.limit}${unit}`, figureText, verdict(target, value)];
  });
  return { head: ['target', 'wanted', 'measured', ''], rows };
}

module.exports = { targetTable };
