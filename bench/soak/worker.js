// A Worker of the soak: subscribes, hears a number of signals, says what it has heard and whether its counters agree; then
// it subscribes again, until it is ended from outside or told to end.
'use strict';

const { parentPort, workerData } = require('node:worker_threads');
const { onSignal } = require('../..');
const { makeTally, unbalanced } = require('./counts');

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const { signals, enough = 50 } = workerData;

function round() {
  const tally = makeTally(false);
  let heard = 0;
  const subscription = onSignal(signals, (info) => {
    if (info.name.startsWith('SIGRT')) tally.add(info);
    if (++heard !== enough) return;
    subscription.close();
    // The rest of this batch is counted first: then the counters are at rest.
    setImmediate(() => {
      port.postMessage({ tallies: tally.tallies, unbalanced: unbalanced() });
      if (!ending) round();
    });
  });
  open = subscription;
}

/** @type {import('../..').Subscription} */
let open;
let ending = false;
round();
port.once('message', () => {
  ending = true;
  open.close();
  port.close();
});
