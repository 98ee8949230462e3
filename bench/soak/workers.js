// 64 Workers that subscribe, hear a number of signals, close, subscribe again, and are ended or end themselves, each replaced
// at once, while signals rain. Every one that the kernel accepted is told to the main thread once and in order; each Worker
// hears an unbroken row; all counters add up; and at the end the process is as it was.
'use strict';

const path = require('node:path');
const { signalNumber } = require('../..');
const { complete, limit, nothing, same } = require('./judge');
const { Program, look, startSender } = require('./processes');

const REAL_TIME = ['SIGRTMIN+1', 'SIGRTMIN+2'];
// SIGWINCH is the Workers' alone.
const STANDARD = ['SIGUSR2', 'SIGWINCH'];
const WORKERS = 64;
const PER_SECOND = 600;

/** @param {number} seconds */
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
/** @param {string} name */
const number = (name) => signalNumber(/** @type {import('../..').SignalName} */ (name));

/**
 * @param {{ command: readonly string[], env: NodeJS.ProcessEnv, kind: string, seconds: number,
 *   onSecond: (sample: any) => void }} options
 */
async function runWorkers({ command, env, kind, seconds, onSecond }) {
  const program = new Program([...command, path.join(__dirname, 'storm.js'), String(WORKERS)], env, ({ event, told }) => {
    if (event === 'second') onSecond({ ...look(program.pid), told });
  });
  await program.line('ready');
  const before = look(program.pid);
  const senders = [
    startSender(program.pid, PER_SECOND, REAL_TIME.map(number)),
    startSender(program.pid, PER_SECOND, STANDARD.map(number)),
  ];
  await program.tell('work');
  await sleep(seconds);
  await program.tell('rest');
  const [realTime, standard] = await Promise.all(senders.map((sender) => sender.stop()));
  await program.tell('quiet');
  const report = await program.tell('report');
  const after = look(program.pid);
  const ending = await program.end();

  const accepted = Object.fromEntries(REAL_TIME.map((name) => [name, realTime.accepted[number(name)]]));
  const sent = Object.values(accepted).reduce((sum, count) => sum + count, 0);
  const all = sent + Object.values(standard.accepted).reduce((sum, count) => sum + count, 0);
  const { ofProcess, unclaimedOfMain } = report;
  /** @type {import('./judge').Verdict[]} */
  const verdicts = [
    limit('signals sent a second', all / seconds, '>=', PER_SECOND),
    limit('Workers begun', report.begun, '>=', WORKERS),
    limit('of these ended by terminate()', report.terminated, '>=', 1),
    limit('of these ended by themselves', report.left, '>=', 1),
    limit('subscriptions of Workers, heard out', report.rounds, '>=', WORKERS),
    ...complete(accepted, report.tallies, kind === 'node' ? REAL_TIME : []),
    limit('dropped', report.dropped, '<=', 0),
    nothing('counters of the main thread that do not add up', unclaimedOfMain),
    nothing('what Workers found wrong', report.problems),
    limit('environments left', ofProcess.environments, '<=', 1),
    limit('records that found the ring full', ofProcess.overflow, '<=', 0),
    same(before, after, 'threads'),
    same(before, after, 'descriptors'),
    nothing('standard error', program.stderr === '' ? [] : [program.stderr.slice(-4000)]),
    { title: 'its end', wanted: 'exit code 0', found: ending, ok: ending === 'exit code 0' },
  ];
  return { samples: [], verdicts, report: { ...report, before, after }, sent: accepted, http: 0 };
}

module.exports = { runWorkers };
