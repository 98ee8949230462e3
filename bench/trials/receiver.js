// What every JavaScript trial shares: the clock, the stamps for the driver, the counts and the report.
// The protocol is in bench/native/driver.c. Runs in the receiver's process.
'use strict';

const fs = require('node:fs');
const { performance } = require('node:perf_hooks');

const STAMPS = 3;
const QUIET_MS = 300;

/**
 * process.hrtime() is CLOCK_MONOTONIC in Node; in Bun it begins with the process, so the difference is
 * measured once, in the narrowest of many readings.
 * @returns {bigint}
 */
function clockOffset() {
  if (process.versions.bun === undefined) return 0n;
  const { dlopen, FFIType, ptr } = require(/** @type {string} */ ('bun:ffi'));
  const { symbols } = dlopen('libc.so.6', {
    clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  });
  const CLOCK_MONOTONIC = 1;
  const now = new BigInt64Array(2);
  let narrowest = 1n << 62n;
  let offset = 0n;
  for (let i = 0; i < 1000; i++) {
    const before = process.hrtime.bigint();
    symbols.clock_gettime(CLOCK_MONOTONIC, ptr(now));
    const after = process.hrtime.bigint();
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    offset = now[0] * 1_000_000_000n + now[1] - (before + after) / 2n;
  }
  return offset;
}

const offset = clockOffset();
const stamp = Buffer.alloc(8);

/** The task of this trial and its signal, as the command line names them. */
const [task, signal] = /** @type {[string, import('../..').SignalName]} */ (process.argv.slice(2));

let callbacks = 0;
let deliveries = 0;
let reordered = 0;
let highest = 0;
// performance.now() in ms: about half the price of a bigint, and this runs in every callback.
let last = 0;

/** A latency trial's callback. The stamp is taken first; telling it is not part of what is measured. */
function acknowledge() {
  const now = process.hrtime.bigint();
  callbacks++;
  stamp.writeBigInt64LE(now + offset);
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
 * The same, with a payload that has to be greater than all before.
 * @param {number} count
 * @param {number} value
 */
function tallyInOrder(count, value) {
  tally(count);
  if (value > highest) highest = value;
  else reordered++;
}

/**
 * Tells the driver to begin. Reports when it has sent everything and nothing has come for a while.
 * @param {() => Record<string, number>} close ends the trial's own listening; what it returns is reported too
 */
function ready(close) {
  const cpuBefore = process.cpuUsage();
  const report = () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const now = process.hrtime.bigint() + offset;
    const lastNs = Number(now) - Math.round((performance.now() - last) * 1e6);
    const counts = { callbacks, deliveries, reordered, lastNs, cpuUs: user + system };
    console.log(JSON.stringify({ role: 'receiver', ...counts, ...close() }));
  };
  process.stdin.resume();
  process.stdin.on('end', () => {
    let seen = -1;
    const timer = setInterval(() => {
      if (seen !== callbacks) {
        seen = callbacks;
        return;
      }
      clearInterval(timer);
      report();
    }, QUIET_MS);
  });
  stamp.writeBigInt64LE(0n);
  fs.writeSync(STAMPS, stamp);
}

module.exports = { acknowledge, ready, signal, tally, tallyInOrder, task };
