#!/usr/bin/env node
// A pool of Workers that loses no job: the first SIGTERM (or ^C) takes no new ones and lets those that were taken end, the second
// does not wait. Then it ends by that signal, so that its parent knows.
//
//   node examples/worker-pool.js & sleep 1; kill -TERM %1      (or bun, or deno run -A)
'use strict';

const { isMainThread, parentPort, threadId } = require('node:worker_threads');
const { Worker, exitBySignal, onSignal } = require('..');

/** @typedef {{ job: number, resolve: (result: string) => void, reject: (error: Error) => void }} Task */

/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);

class Pool {
  /** @type {Task[]} */
  #queue = [];
  /** @type {import('node:worker_threads').Worker[]} */
  #idle = [];
  /** Jobs that were taken and have not ended. @type {Set<Promise<string>>} */
  #open = new Set();
  accepting = true;

  /** @param {number} size */
  constructor(size) {
    // Of this package: signals never interrupt these threads, whatever native code they run.
    for (let i = 0; i < size; i++) this.#idle.push(new Worker(__filename));
  }

  /** @param {number} job @returns {Promise<string>} */
  run(job) {
    if (!this.accepting) return Promise.reject(new Error('the pool is draining'));
    /** @type {Promise<string>} */
    const result = new Promise((resolve, reject) => this.#queue.push({ job, resolve, reject }));
    const forget = () => this.#open.delete(result);
    this.#open.add(result);
    result.then(forget, forget);
    this.#next();
    return result;
  }

  #next() {
    const task = this.#queue[0];
    const worker = task && this.#idle.pop();
    if (worker === undefined) return;
    this.#queue.shift();
    /** @param {{ result: string }} message */
    const onMessage = ({ result }) => {
      done();
      this.#idle.push(worker);
      task.resolve(result);
      this.#next();
    };
    /** @param {Error} error */
    const onError = (error) => {
      done();
      task.reject(error);
      this.#next();
    };
    const done = () => worker.off('message', onMessage).off('error', onError);
    worker.on('message', onMessage).on('error', onError);
    worker.postMessage(task.job);
  }

  /** No new jobs; resolves when those that were taken have ended. The threads end with the process. */
  async drain() {
    this.accepting = false;
    await Promise.allSettled(this.#open);
  }
}

/** @param {number} job */
function compute(job) {
  const end = Date.now() + 20;
  let sum = job;
  while (Date.now() < end) sum = (sum * 31 + 7) % 1_000_003;
  return `job ${job}, thread ${threadId}: ${sum}`;
}

function main() {
  const pool = new Pool(2);
  let taken = 0;
  let done = 0;
  const source = setInterval(() => {
    const job = ++taken;
    pool.run(job).then(
      () => {
        if (++done === 5) print('working');
      },
      (error) => print(`job ${job}: ${error.message}`),
    );
  }, 5);

  let stopping = false;
  /** @param {import('..').SignalInfo} info */
  const drainAndEnd = async ({ name }) => {
    if (stopping) exitBySignal(name);
    stopping = true;
    clearInterval(source);
    print(`${name}: ${taken - done} of ${taken} jobs are open`);
    await pool.drain();
    const lost = taken - done;
    process.stdout.write(`drained, ${lost} lost\n`, () => exitBySignal(name));
  };
  // Nothing else keeps Bun 1.2 alive once the jobs have stopped coming.
  onSignal(['SIGTERM', 'SIGINT'], drainAndEnd, { ref: true });
}

if (isMainThread) main();
else parentPort?.on('message', (job) => parentPort?.postMessage({ result: compute(job) }));
