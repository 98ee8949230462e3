// The program of the soak: everything at once in one process, while signals come and HTTP is served. Node and Bun. Standard
// input: `work`, `rest` (all but listeners and server stops), `quiet` (garbage is collected, what was on its way has come),
// `reset` (counts from zero), `report`, `end`, each answered by a line of JSON with the command's name in it; in between, a
// line a second about the heap.
'use strict';

const { spawn } = require('node:child_process');
const http = require('node:http');
const path = require('node:path');
const readline = require('node:readline');
const { Worker } = require('node:worker_threads');
const sigbridge = require('../..');
const { makeTally, unbalanced } = require('./counts');

const { criticalSection, mask, onSignal, poll, waitFor } = sigbridge;

// Of the senders outside; SIGRTMIN+5 is also waited for, SIGRTMIN+4 also read as a stream.
const OUTSIDE = /** @type {const} */ (['SIGRTMIN+1', 'SIGRTMIN+2', 'SIGRTMIN+3', 'SIGRTMIN+4', 'SIGRTMIN+5']);
const STANDARD = /** @type {const} */ (['SIGUSR2', 'SIGHUP', 'SIGWINCH']);
const BODY = 'x'.repeat(64);

/** @param {string} event @param {object} [data] */
const say = (event, data) => console.log(JSON.stringify({ event, ...data }));
/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** @param {() => boolean} condition */
async function until(condition) {
  for (let waited = 0; !condition() && waited < 20_000; waited += 5) await sleep(5);
}

const tally = makeTally(true);
/** @type {Record<string, number>} */
const standard = {};
/** @type {Record<string, number>} */
const done = {};
/** @type {string[]} */
const problems = [];
let streamed = 0;
let working = false;

/** @param {string} activity */
const did = (activity) => {
  done[activity] = (done[activity] ?? 0) + 1;
};
/** @param {boolean} good @param {string} what */
const expect = (good, what) => {
  if (!good && problems.length < 20) problems.push(what);
};

// -- What stays for the whole soak.

onSignal([...OUTSIDE], tally.add);
onSignal([...STANDARD], ({ name, count }) => {
  standard[name] = (standard[name] ?? 0) + count;
});
(async () => {
  for await (const { count } of sigbridge.signals('SIGRTMIN+4', { capacity: 100_000, overflow: 'error' }))
    streamed += count;
})().catch((error) => expect(false, `stream: ${error}`));
process.on('SIGWINCH', () => did('process.on'));
process.on('warning', (warning) => expect(false, `warning: ${warning.message}`));

const server = http.createServer((_request, response) => {
  did('http');
  response.writeHead(200, { 'Content-Length': String(BODY.length) });
  response.end(BODY);
});

// -- What comes and goes. Each runs again and again with a pause between.

/** @param {number} ms */
function spin(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** @type {Record<string, { pause: number, run: () => unknown }>} */
const ACTIVITIES = {
  section: {
    pause: 50,
    run: () => criticalSection(['SIGRTMIN+1', 'SIGRTMIN+2', 'SIGUSR2'], () => spin(1)),
  },
  mask: {
    pause: 50,
    run() {
      mask.push(['SIGRTMIN+3', 'SIGHUP']);
      spin(0.5);
      mask.pop();
      expect(mask.depth === 0, `mask depth ${mask.depth}`);
    },
  },
  'mask of the process': {
    pause: 3000,
    run() {
      mask.block('SIGHUP', { scope: 'process' });
      spin(1);
      mask.unblock('SIGHUP', { scope: 'process' });
    },
  },
  wait: {
    pause: 100,
    run() {
      const info = waitFor('SIGRTMIN+5', { timeout: 3 }) ?? poll('SIGRTMIN+5');
      if (info !== null) tally.add(info);
    },
  },
  child: {
    pause: 1000,
    run: () =>
      new Promise((resolve) => {
        spawn('true', { stdio: 'ignore' }).once('exit', (code, signal) => {
          expect(code === 0, `a child ended with ${code ?? signal}`);
          resolve(undefined);
        });
      }),
  },
  shutdown: {
    pause: 700,
    async run() {
      const shutdown = sigbridge.createShutdown({ timeout: 60_000 });
      shutdown.add('nothing', () => {});
      await sleep(20);
      shutdown.close();
    },
  },
  subscription: {
    pause: 20,
    run() {
      const subscription = onSignal(['SIGUSR2', 'SIGALRM', 'SIGRTMIN+2'], () =>
        did('of passing subscriptions'),
      );
      setTimeout(() => subscription.close(), 10);
    },
  },
  once: {
    pause: 40,
    run: () => sigbridge.once('SIGRTMIN+3', { timeout: 2000 }),
  },
  timer: {
    pause: 500,
    async run() {
      let fired = 0;
      const subscription = onSignal('SIGRTMIN+6', ({ count, overrun }) => {
        fired += count + overrun;
      });
      const timer = sigbridge.createTimer({ signal: 'SIGRTMIN+6', value: 1 });
      timer.start({ value: 1, interval: 1 });
      await until(() => fired >= 10);
      expect(fired >= 10, 'a timer stood still');
      timer.close();
      await sleep(50);
      subscription.close();
    },
  },
  trace: {
    pause: 5000,
    async run() {
      sigbridge.trace.start({ capacity: 1024 });
      await sleep(200);
      JSON.parse(sigbridge.trace.dump({ format: 'json' }));
      sigbridge.trace.stop();
    },
  },
  health: {
    pause: 2000,
    async run() {
      const reporter = sigbridge.createHealthReporter({ output: () => {}, signal: 'SIGVTALRM' });
      await reporter.report();
      reporter.close();
    },
  },
  inspect: { pause: 10_000, run: () => sigbridge.inspect() },
  worker: {
    pause: 500,
    run: () => oneWorker(done.worker % 2 === 0),
  },
};

/** @param {boolean} terminated or left to close and end by itself */
async function oneWorker(terminated) {
  const worker = new Worker(path.join(__dirname, 'worker.js'), {
    workerData: { signals: ['SIGRTMIN+1', 'SIGUSR2'] },
  });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.once('error', (error) => expect(false, `a Worker failed: ${error}`));
  const report = await new Promise((resolve) => worker.once('message', resolve));
  const { unbalanced: wrong, tallies } = report;
  expect(wrong.length === 0, `a Worker's counters: ${JSON.stringify(wrong)}`);
  // With Workers at work Bun may swap two that come at once.
  const swapped = process.versions.bun === undefined && tallies['SIGRTMIN+1'].gaps > 0;
  expect(!swapped, `a Worker's tally: ${JSON.stringify(tallies)}`);
  if (terminated) await worker.terminate();
  else worker.postMessage('end');
  await ended;
}

/** @type {Promise<void>[]} */
let loops = [];

/** @param {string} name */
async function repeat(name) {
  const { pause, run } = ACTIVITIES[name];
  while (working) {
    did(name);
    try {
      await run();
    } catch (error) {
      expect(false, `${name}: ${error}`);
    }
    await sleep(pause);
  }
}

// -- Its commands.

const heap = () => {
  const { heapUsed, external } = process.memoryUsage();
  return {
    heap: heapUsed,
    external,
    told: Object.values(tally.tallies).reduce((sum, { told }) => sum + told, 0),
  };
};
const collect = () => {
  /** @type {any} */ (globalThis).gc?.();
  /** @type {any} */ (globalThis).Bun?.gc(true);
};
// Between two collections the heap is a saw: only what is left after one can be compared.
const COLLECTED_EVERY = 5;
let seconds = 0;
setInterval(() => {
  const collected = ++seconds % COLLECTED_EVERY === 0;
  if (collected) collect();
  say('second', { collected, ...heap() });
}, 1000);

/** @type {Record<string, () => unknown>} */
const COMMANDS = {
  work() {
    working = true;
    loops = Object.keys(ACTIVITIES).map(repeat);
  },
  async rest() {
    working = false;
    await Promise.all(loops);
  },
  async quiet() {
    for (let i = 0; i < 10; i++) {
      collect();
      await sleep(200);
    }
    return heap();
  },
  reset() {
    for (const name of Object.keys(tally.tallies)) delete tally.tallies[name];
    for (const counts of [standard, done]) for (const name of Object.keys(counts)) delete counts[name];
    streamed = 0;
  },
  report() {
    const { coalesced, dropped, backend, displaced, process: ofProcess } = sigbridge.stats();
    return {
      ...{ tallies: tally.tallies, standard, streamed, done, problems, unbalanced: unbalanced(), backend },
      ...{ coalesced, dropped, displaced, ofProcess },
    };
  },
  end: () => process.exit(0),
};

readline.createInterface({ input: process.stdin }).on('line', async (command) => {
  const answer = await COMMANDS[command]();
  say(command, /** @type {object} */ (answer ?? {}));
});
server.listen(0, '127.0.0.1', () => {
  say('ready', { port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
});
