// What the package costs a process that has just started; prints JSON.
//
//   footprint.js load         the time of require() and of the first call that needs the native side
//   footprint.js sigbridge    the memory that require(), a subscription and its first delivery add
//   footprint.js process.on   the memory that a process.on listener and its first delivery add
'use strict';

const fs = require('node:fs');

const SIGNAL = 'SIGUSR2';
const [what] = process.argv.slice(2);

function load() {
  const began = process.hrtime.bigint();
  const { stats } = require('../..');
  const required = process.hrtime.bigint();
  const { backend } = stats();
  const called = process.hrtime.bigint();
  const ms = (/** @type {bigint} */ time) => Number(time) / 1e6;
  console.log(
    JSON.stringify({ backend, requireMs: ms(required - began), firstCallMs: ms(called - required) }),
  );
}

/** KiB that are this process's alone, pages of no file; undefined where the system does not tell. */
function anonymous() {
  try {
    const [, size] = /^RssAnon:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8')) ?? [];
    return size === undefined ? undefined : Number(size);
  } catch {
    return undefined;
  }
}

/**
 * @param {() => unknown} prepare
 * @param {(listener: () => void) => unknown} subscribe
 */
function memory(prepare, subscribe) {
  const alive = setInterval(() => {}, 1000);
  const now = () => process.memoryUsage().rss / 1024;
  // The runtime's own start has to be over, and what process.kill and this reading need be there already.
  setTimeout(() => {
    process.kill(process.pid, 0);
    now();
    anonymous();
    const ownBefore = anonymous();
    const before = now();
    prepare();
    const prepared = now();
    const told = () => {
      const rssKiB = now() - before;
      const own = anonymous();
      const anonymousKiB = own === undefined || ownBefore === undefined ? undefined : own - ownBefore;
      clearInterval(alive);
      const parts = { requireKiB: prepared - before, subscribeKiB: subscribed - prepared };
      console.log(
        JSON.stringify({ rssKiB, anonymousKiB, ...parts, deliveryKiB: before + rssKiB - subscribed }),
      );
      process.exit(0);
    };
    subscribe(told);
    const subscribed = now();
    process.kill(process.pid, SIGNAL);
  }, 300);
}

if (what === 'load') load();
else if (what === 'sigbridge') {
  memory(
    () => require('../..'),
    (told) => require('../..').onSignal(SIGNAL, told),
  );
} else {
  memory(
    () => {},
    (told) => process.on(SIGNAL, told),
  );
}
