// Workers that load the Go addon and are terminated in the middle of Go work: ROUNDS WHERE; WHERE is where the protection
// is: `worker` (loadAddon there), `harden` (main hardens, the Worker requires), `class` (our Worker class).
'use strict';

const worker_threads = require('node:worker_threads');
const { Worker, harden, loadAddon } = require('../../../lib/index.js');
const { emit } = require('../../fixtures/lib/report');
const { fixture } = require('./lib/native');

const { isMainThread, parentPort, workerData } = worker_threads;

/** Never comes to an end: JavaScript is in Go, so are two pool threads, and goroutines call back. */
function work() {
  const addon = workerData === 'harden' ? require(fixture('addon.node')) : loadAddon(fixture('addon.node'));
  let calls = 0;
  addon.callBack(1_000_000, () => {
    addon.work(10_000);
    if (++calls === 20) parentPort?.postMessage('in the middle');
  });
  const pool = () => addon.pool(1_000_000).then(pool);
  pool();
  pool();
}

/** @param {string} where */
async function round(where) {
  const Class = where === 'class' ? Worker : worker_threads.Worker;
  const worker = new Class(__filename, { workerData: where });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the Worker has ended with ${code}`)));
  });
  worker.removeAllListeners('exit');
  await worker.terminate();
}

async function main() {
  const [rounds, where] = process.argv.slice(2);
  if (where === 'harden') harden();
  let heard = 0;
  process.on('SIGUSR2', () => heard++);
  for (let i = 0; i < Number(rounds); i++) {
    await round(where);
    process.kill(process.pid, 'SIGUSR2');
  }
  /** @type {any} */
  const addon = loadAddon(fixture('addon.node'));
  const result = await addon.pool(1);
  process.on('SIGTERM', () => {
    emit('alive', { result, work: addon.work(1), heard });
    process.exit(0);
  });
  // A listener alone does not hold the process.
  setInterval(() => {}, 1000);
  emit('ready');
}

if (isMainThread) main();
else work();
