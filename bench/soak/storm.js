// The program of `npm run soak -- --workers`: storm.js WORKERS. Commands as program.js has them.
'use strict';

const path = require('node:path');
const readline = require('node:readline');
const { Worker } = require('node:worker_threads');
const { onSignal, stats } = require('../..');
const { makeTally, unbalanced } = require('./counts');

const SIGNALS = ['SIGRTMIN+1', 'SIGRTMIN+2', 'SIGUSR2', 'SIGWINCH'];
const wanted = Number(process.argv[2]);

/** @param {string} event @param {object} [data] */
const say = (event, data) => console.log(JSON.stringify({ event, ...data }));
/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const tally = makeTally(true);
const counts = { begun: 0, terminated: 0, left: 0, rounds: 0 };
/** @type {unknown[]} */
const problems = [];
let working = false;
/** @type {Promise<void>[]} */
let slots = [];

onSignal(['SIGRTMIN+1', 'SIGRTMIN+2', 'SIGUSR2'], (info) => {
  if (info.name !== 'SIGUSR2') tally.add(info);
});

/** @param {any} report */
function hear({ unbalanced: wrong, tallies }) {
  counts.rounds++;
  if (problems.length >= 20) return;
  if (wrong.length > 0) problems.push(wrong);
  for (const [name, { gaps }] of Object.entries(tallies)) {
    if (gaps > 0 && process.versions.bun === undefined) problems.push({ name, gaps });
  }
}

/** @param {number} seed one life after another, each of another length */
async function slot(seed) {
  for (let life = seed; working; life++) {
    const worker = new Worker(path.join(__dirname, 'worker.js'), {
      workerData: { signals: SIGNALS, enough: 20 + ((life * 7) % 60) },
    });
    counts.begun++;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('error', (error) => problems.push(String(error)));
    worker.on('message', hear);
    for (let round = 0; working && round <= life % 3; round++) {
      await new Promise((resolve) => worker.once('message', resolve));
    }
    // One in four is ended wherever it stands.
    if (life % 4 === 0) await sleep((life * 13) % 40);
    if (life % 2 === 0) {
      counts.terminated++;
      await worker.terminate();
    } else {
      counts.left++;
      worker.postMessage('end');
    }
    await ended;
  }
}

/** @type {Record<string, () => unknown>} */
const COMMANDS = {
  work() {
    working = true;
    slots = Array.from({ length: wanted }, (_, i) => slot(i));
  },
  async rest() {
    working = false;
    await Promise.all(slots);
  },
  quiet: () => sleep(2000),
  reset() {
    for (const name of Object.keys(tally.tallies)) delete tally.tallies[name];
    Object.assign(counts, { begun: 0, terminated: 0, left: 0, rounds: 0 });
  },
  report() {
    const { dropped, process: ofProcess } = stats();
    return {
      ...counts,
      tallies: tally.tallies,
      problems,
      dropped,
      ofProcess,
      unbalancedOfMain: unbalanced(),
    };
  },
  end: () => process.exit(0),
};

async function main() {
  // The first Worker brings threads and descriptors of the runtime's.
  await new Promise((resolve) => new Worker('0', { eval: true }).once('exit', resolve));
  await sleep(500);
  readline.createInterface({ input: process.stdin }).on('line', async (command) => {
    const answer = await COMMANDS[command]();
    say(command, /** @type {object} */ (answer ?? {}));
  });
  setInterval(() => {
    say('second', { told: Object.values(tally.tallies).reduce((sum, { told }) => sum + told, 0) });
  }, 1000).unref();
  say('ready');
}

main();
