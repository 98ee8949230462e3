#!/usr/bin/env node
// A timer that fires while JavaScript computes, and says how often it was not heard: a computation with a time limit
// that needs no turn of the event loop, then the other timers of POSIX.
//
//   node examples/timers.js      (or bun, deno)
'use strict';

const { alarm, counter, createTimer, onSignal, once, setitimer } = require('..');

/**
 * Primes below `limit`, as many as there is time for: the deadline is a signal, seen with one look at shared memory.
 * @param {number} limit
 * @param {number} ms
 */
function primesWithin(limit, ms) {
  const expired = counter('SIGRTMIN+1');
  const deadline = createTimer({ signal: 'SIGRTMIN+1' }).start({ value: ms });
  let found = 0;
  let at = 2;
  for (; at < limit && Atomics.load(expired, 0) === 0; at++) {
    let divisor = 2;
    while (divisor * divisor <= at && at % divisor !== 0) divisor++;
    if (divisor * divisor > at) found++;
  }
  deadline.close();
  expired.close();
  return { found, at };
}

async function main() {
  const { found, at } = primesWithin(1e9, 300);
  console.log(`300 ms of primes: ${found}, up to ${at}`);

  // More often than anybody can listen: what was not delivered is in `overrun`.
  let told = 0;
  let missed = 0;
  const listening = onSignal('SIGRTMIN+2', ({ count, overrun }) => {
    told += count;
    missed += overrun;
  });
  const fast = createTimer({ signal: 'SIGRTMIN+2', value: 42 }).start({ value: 0.01, interval: 0.01 });
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 200));
  fast.close();
  listening.close();
  const elapsed = Math.round(performance.now() - began);
  console.log(`${elapsed} ms at 100 kHz: ${told} told, ${missed} missed, ${told + missed} in all`);

  // CPU time, not time: it stands still while the process sleeps.
  const ticks = counter('SIGPROF');
  setitimer('prof', { value: 10, interval: 10 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const asleep = ticks[0];
  for (const end = Date.now() + 200; Date.now() < end; );
  setitimer('prof', { value: 0 });
  console.log(
    `10 ms of CPU time: ${asleep} times in 200 ms of sleep, ${ticks[0] - asleep} in 200 ms of work`,
  );
  ticks.close();

  const alarmed = once('SIGALRM');
  alarm(60);
  console.log(`alarm(60), then alarm(1): ${alarm(1)} s were left`);
  await alarmed;
  console.log('SIGALRM');
}

main();
