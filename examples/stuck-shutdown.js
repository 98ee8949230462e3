// `npm run demo:shutdown`: a program whose event loop is stuck is told to end, twice over: with process.on, and with
// createShutdown. The one needs SIGKILL, the other is gone after half a second and says why.
'use strict';

const { spawn } = require('node:child_process');
const { createShutdown } = require('../lib/index.js');

const PATIENCE = 2000;
const way = process.argv[2];

if (way === undefined) demonstrate();
else {
  if (way === 'process.on') process.on('SIGTERM', () => process.exit(0));
  else createShutdown({ timeout: 500 });
  console.log('ready');
  for (;;);
}

async function demonstrate() {
  await tellToEnd('process.on');
  await tellToEnd('createShutdown');
}

/** @param {string} name */
function tellToEnd(name) {
  const child = spawn(process.execPath, [...process.execArgv, __filename, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => {
    child.stdout.once('data', () => {
      console.log(`${name}: stuck in for (;;), SIGTERM is sent`);
      const begun = performance.now();
      child.kill('SIGTERM');
      const timer = setTimeout(() => {
        console.log(`${name}: still there after ${PATIENCE} ms, SIGKILL is sent`);
        // Not child.kill(): in Deno that sends one signal and no second.
        process.kill(Number(child.pid), 'SIGKILL');
      }, PATIENCE);
      child.on('exit', (_code, signal) => {
        clearTimeout(timer);
        console.log(`${name}: ended by ${signal} after ${Math.round(performance.now() - begun)} ms`);
        resolve(undefined);
      });
    });
  });
}
