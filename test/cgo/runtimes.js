// Test blocks for the runtimes that a matter concerns, whatever the other process tests run under. Jest side only.
'use strict';

const { eachRuntime } = require('../helpers/runtimes');

/** @typedef {import('../helpers/runtimes').Runtime} Runtime */

const THIS_NODE = 'this node';
const QUICK = [THIS_NODE, 'bun@newest'];
const NEWEST = [THIS_NODE, 'node@26', 'bun@newest', 'deno@newest'];
// The last whose garbage collector suspends threads with SIGUSR1, and where JavaScript crashes when it looks at what native
// code returned as NULL.
const OLD_BUN = 'bun@1.1.45';
// A Go call from a pool thread never returns there.
const HANGING = ['bun@1.2.19', 'bun@1.2.5'];

/**
 * SIGBRIDGE_RUNTIMES, when it is set, narrows or widens it as it does for the other tests.
 * @param {string[]} specs
 * @param {(runtime: Runtime) => void} body
 */
function onRuntimes(specs, body) {
  const before = process.env.SIGBRIDGE_RUNTIMES;
  if (before === undefined || before === '') process.env.SIGBRIDGE_RUNTIMES = specs.join();
  try {
    eachRuntime(body);
  } finally {
    if (before === undefined) delete process.env.SIGBRIDGE_RUNTIMES;
    else process.env.SIGBRIDGE_RUNTIMES = before;
  }
}

/** How often a trial of chance is made; SIGBRIDGE_REPEAT for more. */
const REPEAT = Number(process.env.SIGBRIDGE_REPEAT ?? 2);

module.exports = { HANGING, NEWEST, OLD_BUN, QUICK, REPEAT, THIS_NODE, onRuntimes };
