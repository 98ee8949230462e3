// One measurement of what protection costs, in a process of its own: prints microseconds as JSON.
//
//   protection.js guard|harden|again|listener|bare|guarded ADDON
'use strict';

const { guard, harden, stats } = require('../..');

const [what, addon] = process.argv.slice(2);

// Loads the binary: that is not what is measured.
const { backend } = stats();

/** @type {Record<string, () => unknown>} */
const measured = {
  guard: () => guard(() => {}),
  harden: () => harden(),
  again: () => harden(),
  // Of that first call, what is the runtime's own: harden() adds such a listener.
  listener: () => process.on('SIGCHLD', () => {}),
  // With a call: bare, the load returns before the Go runtime is there, and the first call waits for it.
  bare: () => require(addon).sum(1),
  guarded: () => guard(() => require(addon), { harden: false }).sum(1),
};

// Compiled, and the runtime's part done.
if (what === 'again') for (let i = 0; i < 20; i++) harden().undo();

const began = process.hrtime.bigint();
measured[what]();
const took = process.hrtime.bigint() - began;
process.stdout.write(`${JSON.stringify({ us: Number(took) / 1000, backend })}\n`, () => process.exit(0));
