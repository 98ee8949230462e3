// 64 Workers that subscribe, hear a number of signals, close, subscribe again, and are ended or end themselves, each replaced
// at once, while signals rain. Every one that the kernel accepted is told to the main thread once and in order; each Worker
// hears an unbroken row; all counters add up; and at the end the process is as it was.
'use strict';

const path = require('node:path');
const { complete, limit, nothing, same } = require('./judge');
const { Program, look, workInRain } = require('./processes');

const REAL_TIME = ['SIGRTMIN+1', 'SIGRTMIN+2'];
// SIGWINCH is the Workers' alone.
const STANDARD = ['SIGUSR2', 'SIGWINCH'];
const WORKERS = 64;
const PER_SECOND = 600;

/**
 * @param {{ command: readonly string[], env: NodeJS.ProcessEnv, kind: string, seconds: number,
 *   onSecond: (sample: any) => void }} options
 */
async function runWorkers({ command, env, kind, seconds, onSecond }) {
  const program = new Program(
    [...command, path.join(__dirname, 'storm.js'), String(WORKERS)],
    env,
    ({ event, told }) => {
      if (event === 'second') onSecond({ ...look(program.pid), told });
    },
  );
  await program.line('ready');
  const rains = [
    { perSecond: PER_SECOND, signals: REAL_TIME },
    { perSecond: PER_SECOND, signals: STANDARD },
  ];
  // Threads and descriptors that stay are there before they are counted.
  await workInRain(program, rains, Math.min(2, seconds / 3));
  await program.tell('quiet');
  const before = look(program.pid);
  await program.tell('reset');
  const sent = await workInRain(program, rains, seconds);
  await program.tell('quiet');
  const report = await program.tell('report');
  const after = look(program.pid);
  const ending = await program.end();

  const accepted = Object.fromEntries(REAL_TIME.map((name) => [name, sent[name]]));
  const all = Object.values(sent).reduce((sum, count) => sum + count, 0);
  const { ofProcess, unbalancedOfMain } = report;
  /** @type {import('./judge').Verdict[]} */
  const verdicts = [
    limit('signals sent a second', all / seconds, '>=', 1000),
    limit('Workers begun', report.begun, '>=', WORKERS),
    limit('of these ended by terminate()', report.terminated, '>=', 1),
    limit('of these ended by themselves', report.left, '>=', 1),
    limit('subscriptions of Workers, heard out', report.rounds, '>=', WORKERS),
    ...complete(accepted, report.tallies, kind === 'node' ? REAL_TIME : []),
    limit('dropped', report.dropped, '<=', 0),
    nothing('counters of the main thread that do not add up', unbalancedOfMain),
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
