// How late the event loop is: a sample every so often, the last minute of them. JS thread.
//
// Not perf_hooks' monitorEventLoopDelay: what it measures includes its own interval in Node and does not in Bun 1.4,
// Bun 1.2 has none, and in Deno 2.9 a loop that stood still for 300 ms leaves no trace in it.
'use strict';

const { clearInterval, setImmediate, setInterval } = require('node:timers');

const INTERVAL = 50;
const SAMPLES = 60_000 / INTERVAL;

const rounded = (/** @type {number} */ ms) => Math.round(ms * 100) / 100;

class LoopDelay {
  /** Lateness in ms, the oldest is overwritten. @type {number[]} */
  #samples = [];
  #next = 0;
  #last = performance.now();
  #timer = setInterval(() => this.#sample(), INTERVAL).unref();

  #sample() {
    const now = performance.now();
    this.#samples[this.#next] = Math.max(0, now - this.#last - INTERVAL);
    this.#next = (this.#next + 1) % SAMPLES;
    this.#last = now;
  }

  /** @returns {Promise<{ now: number, mean: number, p99: number, max: number, samples: number }>} in ms */
  async look() {
    const began = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    const ended = performance.now();
    const now = ended - began;
    // What the timer has not come round to say: a loop that has just been stuck.
    const sorted = [...this.#samples, Math.max(0, ended - this.#last - INTERVAL)].sort((a, b) => a - b);
    const samples = sorted.length;
    const mean = sorted.reduce((sum, sample) => sum + sample, 0) / samples;
    const p99 = sorted[Math.ceil(samples * 0.99) - 1];
    const max = sorted[samples - 1];
    return { now: rounded(now), mean: rounded(mean), p99: rounded(p99), max: rounded(max), samples };
  }

  close() {
    clearInterval(this.#timer);
  }
}

module.exports = { LoopDelay };
