#!/usr/bin/env node
// Ways to send a signal: to a process, to a thread, through a handle that cannot be mistaken, with values that queue up.
//
//   node examples/sending.js      (or bun, deno run -A)
'use strict';

const { spawn } = require('node:child_process');
const sigbridge = require('..');

const { defaultAction, exitCode, onSignal, openProcess, queueAsync, send, sendToThread, signalFromExitCode } =
  sigbridge;

/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);

async function toOneself() {
  print('To this process, and to its first thread:');
  const COUNT = 5;
  await new Promise((resolve) => {
    let told = 0;
    const subscription = onSignal(
      ['SIGUSR2', 'SIGRTMIN+1'],
      ({ name, code, valueBits }) => {
        print(`  ${name} ${code} ${valueBits}`);
        if (++told < COUNT) return;
        subscription.close();
        resolve(undefined);
      },
      { ref: true },
    );
    send(process.pid, 'SIGUSR2');
    // The same pending signal would be merged with this one; a real-time signal never is.
    sendToThread(process.pid, 'SIGRTMIN+1', { value: 1 });
    for (const value of [2, 3n, 2n ** 64n - 1n]) void queueAsync(process.pid, 'SIGRTMIN+1', value);
  });
}

async function toAChild() {
  const child = spawn('sleep', ['100'], { stdio: 'ignore' });
  const handle = openProcess(Number(child.pid));
  print('To a child, through a handle:');
  handle.send(0);
  print('  it is there');
  handle.send('SIGTERM');
  const { signal, code } = await handle.exited;
  print(`  it ended: signal ${signal}, code ${code}`);
  handle.close();
}

function names() {
  const signal = signalFromExitCode(143);
  print(`A shell's exit code 143 is ${signal}, ${exitCode('SIGKILL')} is SIGKILL.`);
  print(`SIGTERM would ${defaultAction('SIGTERM')}, SIGCONT ${defaultAction('SIGCONT')}.`);
  print(`To ask a program to end: ${sigbridge.signalGroups.terminating.join(', ')}.`);
}

async function main() {
  await toOneself();
  await toAChild();
  names();
}

main();
