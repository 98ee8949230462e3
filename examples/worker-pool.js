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
  /** @type {Set<import('node:worker_threads').Worker>} */
  #workers = new Set();
  /** @type {(() => void) | undefined} */
  #drained;
  #open = 0;
  accepting = true;

  /** @param {number} size */
  constructor(size) {
    // Of this package: signals never interrupt these threads, whatever native code they run.
    for (let i = 0; i < size; i++) this.#idle.push(new Worker(__filename));
    this.#workers = new Set(this.#idle);
  }

  /** @param {number} job @returns {Promise<string>} */
  run(job) {
    if (!this.accepting) return Promise.reject(new Error('the pool is draining'));
    this.#open++;
    const result = new Promise((resolve, reject) => this.#queue.push({ job, resolve, reject }));
    this.#next();
    return result.finally(() => {
      if (--this.#open === 0) this.#drained?.();
    });
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
      this.#workers.delete(worker);
      task.reject(error);
      this.#next();
    };
    const done = () => worker.off('message', onMessage).off('error', onError);
    worker.on('message', onMessage).on('error', onError);
    worker.postMessage(task.job);
  }

  /** No new jobs; resolves when those that were taken have ended, and the threads with them. */
  async drain() {
    this.accepting = false;
    if (this.#open > 0) await new Promise((resolve) => (this.#drained = () => resolve(undefined)));
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
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
  onSignal(['SIGTERM', 'SIGINT'], async ({ name }) => {
    if (stopping) exitBySignal(name);
    stopping = true;
    clearInterval(source);
    print(`${name}: ${taken - done} of ${taken} jobs are open`);
    await pool.drain();
    const lost = taken - done;
    process.stdout.write(`drained, ${lost} lost\n`, () => exitBySignal(name));
  });
}

if (isMainThread) main();
else parentPort?.on('message', (job) => parentPort?.postMessage({ result: compute(job) }));
