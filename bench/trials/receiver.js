// What every JavaScript receiver shares: the stamps for the driver, the counts and the report. The protocol is in
// bench/native/driver.c. Runs in the receiver's process.
'use strict';

const fs = require('node:fs');
const { performance } = require('node:perf_hooks');
const { clockOffset, cpu, cpuSince, monotonic } = require('./clock');

// By its path: Deno writes to no descriptor that it has not opened itself.
const STAMPS = fs.openSync('/dev/fd/3', 'w');
const QUIET_MS = 300;
// A payload's upper bits are the sender's number, its lower ones count 1, 2, 3, ... (bench/native/senders.h).
const LOW_BITS = 28;
const SENDERS = 8;

/** The task of this trial and its signal, as the command line names them. */
const [task, signal] = /** @type {[string, import('../..').SignalName]} */ (process.argv.slice(2));

const stamp = Buffer.alloc(8);
const highest = new Int32Array(SENDERS);
let callbacks = 0;
let deliveries = 0;
let reordered = 0;
// performance.now() in ms: about half the price of a bigint, and this runs in every callback.
let last = 0;

/** A latency trial's callback. The stamp is taken first; telling it is not part of what is measured. */
function acknowledge() {
  const now = process.hrtime.bigint();
  callbacks++;
  stamp.writeBigInt64LE(monotonic(now));
  fs.writeSync(STAMPS, stamp);
}

/**
 * A throughput trial's callback.
 * @param {number} count deliveries that this callback stands for
 */
function tally(count) {
  callbacks++;
  deliveries += count;
  last = performance.now();
}

/**
 * The same, with a payload that has to be greater than all before from the same sender.
 * @param {number} count
 * @param {number} value
 */
function tallyInOrder(count, value) {
  tally(count);
  const sender = value >> LOW_BITS;
  if (value > highest[sender]) highest[sender] = value;
  else reordered++;
}

/**
 * The trial of the first delivery: this process signals itself.
 * @param {(listener: () => void) => unknown} subscribe
 */
function first(subscribe) {
  const called = process.hrtime.bigint();
  const alive = setInterval(() => {}, 1000);
  subscribe(() => {
    const now = process.hrtime.bigint();
    clearInterval(alive);
    const callNs = Number(monotonic(called));
    console.log(JSON.stringify({ role: 'receiver', callNs, lastNs: Number(monotonic(now)) }));
    process.exit(0);
  });
  process.kill(process.pid, signal);
}

function tellReady() {
  stamp.writeBigInt64LE(0n);
  fs.writeSync(STAMPS, stamp);
}

/** @param {() => void} then once nothing has come for a while */
function whenQuiet(then) {
  let seen = -1;
  const timer = setInterval(() => {
    if (seen !== callbacks) {
      seen = callbacks;
      return;
    }
    clearInterval(timer);
    then();
  }, QUIET_MS);
}

/**
 * Tells the driver to begin, counts from zero when the warm-up is over, reports when all was sent.
 * @param {() => Record<string, unknown>} close ends the trial's own listening; what it returns is reported too
 */
function ready(close) {
  clockOffset();
  let before = cpu();
  const report = () => {
    const used = cpuSince(before);
    const lastNs = Number(monotonic(process.hrtime.bigint())) - Math.round((performance.now() - last) * 1e6);
    const counts = { callbacks, deliveries, reordered, lastNs, ...used };
    console.log(JSON.stringify({ role: 'receiver', ...counts, ...close() }));
  };
  process.stdin.on('data', () => {
    whenQuiet(() => {
      callbacks = deliveries = reordered = 0;
      highest.fill(0);
      before = cpu();
      tellReady();
    });
  });
  process.stdin.on('end', () => whenQuiet(report));
  tellReady();
}

module.exports = { acknowledge, first, ready, signal, tally, tallyInOrder, task };
