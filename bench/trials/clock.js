// The clocks of a JavaScript trial: CLOCK_MONOTONIC, and the CPU time of the process and of the JS thread. Runs in the
// receiver's process.
'use strict';

const fs = require('node:fs');

/**
 * clock_gettime(CLOCK_MONOTONIC) through the runtime's FFI; undefined in Node, which needs none.
 * @param {BigInt64Array} into seconds and nanoseconds
 * @returns {(() => unknown) | undefined}
 */
function realClock(into) {
  const CLOCK_MONOTONIC = 1;
  const library = process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6';
  if (process.versions.bun !== undefined) {
    const { dlopen, FFIType, ptr } = require(/** @type {string} */ ('bun:ffi'));
    const { symbols } = dlopen(library, {
      clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
    });
    return () => symbols.clock_gettime(CLOCK_MONOTONIC, ptr(into));
  }
  if (process.versions.deno !== undefined) {
    const { dlopen } = /** @type {any} */ (globalThis).Deno;
    const { symbols } = dlopen(library, {
      clock_gettime: { parameters: ['i32', 'buffer'], result: 'i32' },
    });
    return () => symbols.clock_gettime(CLOCK_MONOTONIC, into);
  }
  return undefined;
}

/** @type {bigint | undefined} */
let offset;

/**
 * process.hrtime() is CLOCK_MONOTONIC in Node; in Bun and Deno it begins with the process, so the difference is
 * measured once, in the narrowest of many readings.
 */
function clockOffset() {
  if (offset !== undefined) return offset;
  const now = new BigInt64Array(2);
  const read = realClock(now);
  offset = 0n;
  let narrowest = 1n << 62n;
  for (let i = 0; read !== undefined && i < 1000; i++) {
    const before = process.hrtime.bigint();
    read();
    const after = process.hrtime.bigint();
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    offset = now[0] * 1_000_000_000n + now[1] - (before + after) / 2n;
  }
  return offset;
}

/** @param {bigint} raw of process.hrtime.bigint() */
const monotonic = (raw) => raw + clockOffset();

/**
 * The main thread runs JavaScript in all three runtimes, and its number is the process's. The kernel brings this time
 * up to date at each tick: wrong by 4 ms at most. Linux alone has it.
 * @returns {number | undefined} microseconds
 */
function threadCpuUs() {
  try {
    const text = fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8');
    return Number(text.split(' ')[0]) / 1000;
  } catch {
    return undefined;
  }
}

/** @returns {{ cpuUs: number, threadCpuUs: number | undefined }} used so far */
function cpu() {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, threadCpuUs: threadCpuUs() };
}

/**
 * @param {ReturnType<typeof cpu>} before
 * @returns {{ cpuUs: number, threadCpuUs: number | undefined }} used since
 */
function cpuSince(before) {
  const now = cpu();
  const hasThread = now.threadCpuUs !== undefined && before.threadCpuUs !== undefined;
  return {
    cpuUs: now.cpuUs - before.cpuUs,
    threadCpuUs: hasThread ? Number(now.threadCpuUs) - Number(before.threadCpuUs) : undefined,
  };
}

module.exports = { clockOffset, cpu, cpuSince, monotonic };
