// Our Worker beside worker_threads.Worker: the same events and options, another mask. Prints a line a Worker.
'use strict';

const worker_threads = require('node:worker_threads');
const sigbridge = require('../../../lib/index.js');
const { attempt, emit } = require('../../fixtures/lib/report');
const { kernel } = require('./lib/native');

const { isMainThread, parentPort, workerData } = worker_threads;
const SIGUSR2 = 12;

/** @param {typeof worker_threads.Worker} Class @param {any} options @param {string | URL} [file] */
function run(Class, options, file = __filename) {
  return new Promise((resolve) => {
    /** @type {unknown[]} */
    const events = [];
    const worker = new Class(file, options);
    const isWorker = worker instanceof worker_threads.Worker;
    for (const event of ['message', 'error', 'messageerror']) {
      worker.on(event, (value) => events.push([event, value instanceof Error ? value.message : value]));
    }
    worker.on('exit', (code) => resolve({ isWorker, code, events }));
    if (options.workerData === 'echo') worker.postMessage('hello');
    if (options.workerData === 'sleep') worker.once('message', () => worker.terminate());
  });
}

async function main() {
  kernel.block(SIGUSR2);
  const before = kernel.mask();
  const jobs = {
    mask: { workerData: 'mask' },
    echo: { workerData: 'echo' },
    argv: { workerData: 'argv', argv: ['one', 'two'], env: { ONLY: 'this' } },
    throws: { workerData: 'throws' },
    exits: { workerData: 'exits' },
    sleep: { workerData: 'sleep' },
  };
  for (const [name, options] of Object.entries(jobs)) {
    const theirs = await run(worker_threads.Worker, options);
    const ours = await run(/** @type {any} */ (sigbridge.Worker), options);
    emit('job', { name, theirs, ours, same: kernel.mask() === before });
  }
  const code = "require('node:worker_threads').parentPort.postMessage(40 + 2)";
  emit('eval', {
    ours: await run(/** @type {any} */ (sigbridge.Worker), { eval: true }, /** @type {any} */ (code)),
  });
  /** @type {any[]} */
  const bad = [[42], [], ['./x.js', { workerData: () => {} }]];
  for (const args of bad) {
    const theirs = attempt(() => Reflect.construct(worker_threads.Worker, args));
    const ours = attempt(() => Reflect.construct(sigbridge.Worker, args));
    emit('bad', { theirs, ours, same: kernel.mask() === before });
  }
  const statics = Object.getPrototypeOf(sigbridge.Worker) === worker_threads.Worker;
  emit('end', { statics, name: sigbridge.Worker.name, mask: kernel.mask(), before });
  process.exit(0);
}

const tasks = {
  mask: () => parentPort?.postMessage(kernel.mask()),
  echo: () => parentPort?.once('message', (text) => parentPort?.postMessage(`${text} again`)),
  argv: () => parentPort?.postMessage([process.argv.slice(2), process.env.ONLY, process.env.PATH ?? null]),
  throws() {
    throw new TypeError('thrown in a Worker');
  },
  exits: () => process.exit(7),
  sleep() {
    setInterval(() => {}, 1000);
    parentPort?.postMessage('asleep');
  },
};

if (isMainThread) main();
else tasks[/** @type {keyof typeof tasks} */ (workerData)]();
