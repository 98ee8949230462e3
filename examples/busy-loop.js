#!/usr/bin/env node
// Signals counted while JavaScript is busy: the main thread computes and looks now and then, a Worker looks too, and
// neither returns to its event loop. A child process sends.
//
//   node examples/busy-loop.js      (or bun, deno)
'use strict';

const { spawn } = require('node:child_process');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const SENT = 20;

/** @param {Int32Array} counts */
function waitBusily(counts) {
  let turns = 0;
  // Should the child be killed, this must still end.
  for (const end = Date.now() + 10_000; Atomics.load(counts, 0) < SENT && Date.now() < end; ) turns++;
  return `${counts[0]} x SIGRTMIN+1, ${counts[1]} x SIGUSR2, seen in ${turns} turns of a busy loop`;
}

async function main() {
  const { counter, signalNumber } = require('..');
  const counts = counter(['SIGRTMIN+1', 'SIGUSR2']);

  const worker = new Worker(__filename, { workerData: counts });
  await new Promise((resolve) => worker.once('message', resolve));
  const report = new Promise((resolve) => worker.once('message', resolve));

  // Real-time signals queue up, each is counted; of SIGUSR2 the kernel keeps one waiting, however many are sent.
  const kill = `kill -USR2 $PPID; kill -${signalNumber('SIGRTMIN+1')} $PPID`;
  const script = `i=0; while [ $i -lt ${SENT} ]; do ${kill}; i=$((i + 1)); done`;
  spawn('/bin/sh', ['-c', script], { stdio: 'ignore' });

  console.log(`main thread: ${waitBusily(counts)}`);
  console.log(`Worker:      ${await report}`);
  await worker.terminate();
  counts.close();
}

if (isMainThread) {
  main();
} else {
  const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
  port.postMessage('ready');
  port.postMessage(waitBusily(workerData));
}
