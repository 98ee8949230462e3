// A trial's receiver that looks inside: how long each run of our handler takes (`handler`), by the package's own trace, or
// how long a record then takes to its listener (`loop`), by the clock that the handler has read.
'use strict';

const { onSignal, stats, trace } = require('../..');
const { monotonic } = require('./clock');
const { acknowledge, ready, signal, task } = require('./receiver');

// Some ten events a signal: room for ten thousand signals.
const CAPACITY = 1 << 17;

/** @type {number[]} ns */
const samples = [];

/** Of each thread the time from every `handler-in` to the `handler-out` after it. */
function handlerTimes() {
  /** @type {Map<number, number>} */
  const entered = new Map();
  for (const { event, tid, time, signal: name } of trace.dump().events) {
    if (name !== signal) continue;
    if (event === 'handler-in') entered.set(tid, time);
    if (event !== 'handler-out') continue;
    const from = entered.get(tid);
    if (from !== undefined) samples.push(Math.round((time - from) * 1000));
    entered.delete(tid);
  }
}

const subscription = onSignal(signal, ({ timestamp }) => {
  const now = process.hrtime.bigint();
  acknowledge();
  if (task === 'loop') samples.push(Number(monotonic(now) - timestamp));
});
if (task === 'handler') trace.start({ capacity: CAPACITY });
ready(() => {
  const { backend } = stats();
  if (task === 'handler') handlerTimes();
  subscription.close();
  return { backend, samples };
});
