// A trial's receiver: the runtime's own process.on. It has no payload and knows no real-time signal, so there
// is no `queue` task for it.
'use strict';

const { acknowledge, first, ready, signal, tally, task } = require('./receiver');

const name = /** @type {NodeJS.Signals} */ (signal);
const listener = task === 'latency' ? acknowledge : () => tally(1);

if (task === 'first') {
  first((told) => process.on(name, told));
} else {
  process.on(name, listener);
  ready(() => {
    process.off(name, listener);
    return {};
  });
}
