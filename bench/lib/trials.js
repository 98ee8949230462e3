// The contenders and the tasks, and how one trial (one contender at one task) is run and read.
'use strict';

const { execFile } = require('node:child_process');
const os = require('node:os');
const path = require('node:path');
const { signalNumber } = require('../..');
const { percentile } = require('./statistics');

/**
 * @typedef {'signalfd' | 'process.on' | 'sigbridge'} Way
 * @typedef {{ name: string, runtime: string, way: Way, command: string[] }} Contender
 * @typedef {'latency' | 'throughput'} Kind
 * @typedef {{ name: string, kind: Kind, signal: string, signo: number, count: number, title: string }} Task
 * @typedef {Record<string, number>} Outcome numbers of one trial, see outcomeOf
 * @typedef {{ task: string, contender: string, round: number, load: number }} Place
 * @typedef {Place & { outcome?: Outcome, failure?: string }} Trial
 */

const TRIAL_TIMEOUT_MS = 120_000;
/**
 * @param {{ samples: number, signals: number }} size
 * @returns {Task[]}
 */
function tasks({ samples, signals }) {
  const plain = { signal: 'SIGUSR2', signo: os.constants.signals.SIGUSR2 };
  const realTime = { signal: 'SIGRTMIN+1', signo: signalNumber('SIGRTMIN+1') };
  const latency = { ...plain, kind: /** @type {const} */ ('latency'), count: samples };
  const throughput = { kind: /** @type {const} */ ('throughput'), count: signals };
  const measured = `kill() to callback, ${samples} samples a round`;
  const list = [
    { name: 'latency', ...latency, title: `Latency, ${measured}` },
    { name: 'apart', ...latency, title: `Latency across CPUs, ${measured}` },
    { name: 'queue', ...throughput, ...realTime, title: `${signals} sigqueue()` },
    { name: 'storm', ...throughput, ...plain, title: `${signals} kill()` },
  ];
  return list.filter(({ name }) => name !== 'apart' || os.availableParallelism() > 1);
}

/**
 * @param {string} receiver the C one
 * @param {{ name: string, path: string }[]} runtimes
 * @returns {Contender[]}
 */
function contenders(receiver, runtimes) {
  /** @type {Contender[]} */
  const list = [{ name: 'C signalfd', runtime: 'C', way: 'signalfd', command: [receiver] }];
  const folder = path.join(__dirname, '..', 'trials');
  for (const { name, path: binary } of runtimes) {
    for (const way of /** @type {const} */ (['process.on', 'sigbridge'])) {
      const program = path.join(folder, `${way.replace('.', '-')}.js`);
      list.push({ name: `${name} ${way}`, runtime: name, way, command: [binary, program] });
    }
  }
  return list;
}

/**
 * process.on knows no real-time signal.
 * @param {Contender} contender
 * @param {Task} task
 */
const canDo = ({ way }, { name }) => way !== 'process.on' || name !== 'queue';

/**
 * @param {Task} task
 * @param {any} driver what the sender saw
 * @param {any} receiver what the receiver counted
 * @returns {Outcome}
 */
function outcomeOf(task, driver, receiver) {
  if (task.kind === 'latency') {
    const { samples, lost, extra } = driver;
    return {
      p50Us: percentile(samples, 0.5) / 1000,
      p99Us: percentile(samples, 0.99) / 1000,
      maxUs: percentile(samples, 1) / 1000,
      samples: samples.length,
      lost,
      extra,
    };
  }
  const { sent, refused, firstNs, lastNs } = driver;
  const { callbacks, deliveries, reordered, cpuUs, dropped = 0, ringHighWater = 0 } = receiver;
  const seconds = (receiver.lastNs - firstNs) / 1e9;
  const lost = task.name === 'queue' ? sent - deliveries : 0;
  return {
    sent,
    refused,
    sendSeconds: (lastNs - firstNs) / 1e9,
    callbacks,
    deliveries,
    seconds,
    perSecond: callbacks / seconds,
    cpuUsPerCallback: cpuUs / callbacks,
    lost,
    // What no counter of the receiver's explains.
    unexplained: lost - dropped,
    reordered,
    ringHighWater,
  };
}

/**
 * @param {string} driver
 * @param {Contender} contender
 * @param {Task} task
 * @returns {Promise<Outcome>}
 */
function runTrial(driver, contender, task) {
  const mode = task.kind === 'latency' ? 'latency' : task.name;
  const signal = contender.way === 'signalfd' ? String(task.signo) : task.signal;
  const args = [task.name, String(task.count), String(task.signo), '--', ...contender.command, mode, signal];
  const options = {
    timeout: TRIAL_TIMEOUT_MS,
    killSignal: /** @type {const} */ ('SIGKILL'),
    maxBuffer: 1 << 26,
  };
  return new Promise((resolve, reject) => {
    execFile(driver, args, options, (error, stdout, stderr) => {
      if (error) {
        reject(
          new Error(error.killed ? `not done after ${TRIAL_TIMEOUT_MS} ms` : stderr.trim() || error.message),
        );
        return;
      }
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      /** @param {string} role */
      const said = (role) => lines.find((line) => line.role === role);
      resolve(outcomeOf(task, said('driver'), said('receiver')));
    });
  });
}

module.exports = { canDo, contenders, runTrial, tasks };
