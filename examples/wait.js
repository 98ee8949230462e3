// A Worker that waits for signals, the way a C program does with sigwaitinfo(): `node examples/wait.js`. Ends by itself.
'use strict';

const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { criticalSection, queue, waitFor } = require('../lib/index.js');

const SIGNALS = ['SIGRTMIN+1', 'SIGUSR2'];

if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on('message', (message) => {
    if (message === 'ready') {
      for (const value of [1, 2, 3]) queue(process.pid, 'SIGRTMIN+1', value);
      queue(process.pid, 'SIGUSR2', 0);
    } else {
      console.log(message);
    }
  });
} else {
  // Held between the waits too: without the section a signal that comes there would do its default action.
  criticalSection(SIGNALS, () => {
    parentPort?.postMessage('ready');
    for (let left = 4; left > 0; left--) {
      const info = waitFor(SIGNALS, { timeout: 2000 });
      if (info === null) break;
      parentPort?.postMessage(`${info.name}, value ${info.value}, from ${info.pid}`);
    }
  });
  parentPort?.postMessage(`none is left: ${waitFor('SIGUSR2', { timeout: 10 })}`);
}
