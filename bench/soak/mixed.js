// The mixed load: program.js under senders and HTTP, watched second by second, and its verdict.
'use strict';

const path = require('node:path');
const { startHttpLoad } = require('./http-load');
const { complete, flat, limit, nothing, same } = require('./judge');
const { Program, look, workInRain } = require('./processes');

/** @typedef {import('./judge').Sample} Sample @typedef {import('./judge').Verdict} Verdict */

const REAL_TIME = ['SIGRTMIN+1', 'SIGRTMIN+2', 'SIGRTMIN+3', 'SIGRTMIN+4', 'SIGRTMIN+5'];
const STANDARD = ['SIGUSR2', 'SIGHUP', 'SIGWINCH'];
const PER_SECOND = { realTime: 1000, standard: 300 };

/**
 * @param {{ command: readonly string[], env: NodeJS.ProcessEnv, kind: string, seconds: number,
 *   onSecond: (sample: Sample) => void }} options
 * @returns {Promise<{ samples: Sample[], verdicts: Verdict[], report: any, sent: Record<string, number>, http: number }>}
 */
async function runMixed({ command, env, kind, seconds, onSecond }) {
  /** @type {Sample[]} */
  const samples = [];
  /** @type {import('./http-load').startHttpLoad extends (...args: any) => infer T ? T | undefined : never} */
  let load;
  let counting = false;
  const program = new Program(
    [...command, path.join(__dirname, 'program.js')],
    env,
    ({ event, heap, told, collected }) => {
      if (event !== 'second' || !counting) return;
      const http = load?.counts.answered ?? 0;
      samples.push({ at: samples.length + 1, heap, told, collected, http, ...look(program.pid) });
      onSecond(samples[samples.length - 1]);
    },
  );
  const { port } = await program.line('ready');
  load = startHttpLoad(port, { connections: 4, pauseMs: 5 });

  const rains = [
    { perSecond: PER_SECOND.realTime, signals: REAL_TIME },
    { perSecond: PER_SECOND.standard, signals: STANDARD },
  ];
  const atRest = async () => {
    const { heap } = await program.tell('quiet');
    return { ...look(program.pid), heap };
  };

  // Threads and descriptors that stay (the runtime's own) are there before they are counted.
  await workInRain(program, rains, Math.min(10, Math.max(3, seconds / 10)));
  const before = await atRest();
  await program.tell('reset');
  const answeredBefore = load.counts.answered;
  counting = true;
  const accepted = await workInRain(program, rains, seconds);
  counting = false;
  const answered = load.counts.answered - answeredBefore;
  const after = await atRest();
  const report = await program.tell('report');
  await load.stop();
  const ending = await program.end();

  const realTime = Object.fromEntries(REAL_TIME.map((name) => [name, accepted[name]]));
  // What a wait takes overtakes what is on its way to the listener; and with Workers Bun does not keep the order.
  const inOrder = kind === 'node' ? REAL_TIME.filter((name) => name !== 'SIGRTMIN+5') : [];
  const all = Object.values(accepted).reduce((sum, count) => sum + count, 0);
  const verdicts = [
    limit('signals sent a second', all / seconds, '>=', 1000),
    ...complete(realTime, report.tallies, inOrder),
    {
      title: 'SIGRTMIN+4 read as a stream',
      wanted: String(accepted['SIGRTMIN+4']),
      found: String(report.streamed),
      ok: report.streamed === accepted['SIGRTMIN+4'],
    },
    // The kernel merges these, and does not say how many.
    ...STANDARD.map((name) => ({
      title: `${name}: some told, and no more than were sent`,
      wanted: `1 to ${accepted[name]}`,
      found: String(report.standard[name]),
      ok: report.standard[name] > 0 && report.standard[name] <= accepted[name],
    })),
    limit('dropped', report.dropped, '<=', 0),
    nothing('counters that do not add up', report.unbalanced),
    nothing('what went wrong on the way', report.problems),
    limit('HTTP requests answered a second', answered / seconds, '>=', 100),
    limit('HTTP requests that failed', load.counts.failed, '<=', 0),
    flat(samples, 'rss', 'resident memory'),
    flat(samples, 'heap', 'heap in use'),
    same(before, after, 'threads'),
    same(before, after, 'descriptors'),
    nothing('standard error', program.stderr === '' ? [] : [program.stderr]),
    { title: 'its end', wanted: 'exit code 0', found: ending, ok: ending === 'exit code 0' },
  ];
  return { samples, verdicts, report: { ...report, before, after }, sent: accepted, http: answered };
}

module.exports = { runMixed };
