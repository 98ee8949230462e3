// Go is loaded: MODE, see lib/load.js. Says what the load has left behind: the report, this thread's mask, the masks of Go's threads.
'use strict';

const { emit } = require('../../fixtures/lib/report');
const { threads } = require('../../fixtures/lib/process-status');
const { fixture, kernel, handlers } = require('./lib/native');
const { load } = require('./lib/load');

const [mode] = process.argv.slice(2);
const sigbridge = mode === 'none' || mode === 'launcher' ? undefined : require('../../../lib/index.js');

async function main() {
  // What the runtime starts of its own accord is no part of it.
  sigbridge?.validSignals();
  const old = new Set(threads().map(({ tid }) => tid));
  const before = { mask: kernel.mask(), handlers: handlers() };
  const addon = load(mode, fixture('addon.node'));
  const after = { mask: kernel.mask(), handlers: handlers() };
  const report = sigbridge?.guard.lastReport;
  addon.work(1);
  await addon.pool(1000);
  /** @type {number[]} */
  const locked = addon.lockThreads?.(4) ?? [];
  addon.spin(4);
  await Promise.all([1, 2, 3, 4].map(() => addon.pool(1000)));
  const young = threads().filter(({ tid }) => !old.has(tid));
  emit('loaded', { before, after, report, locked, young, masked: { after: kernel.mask() } });
  process.exit(0);
}

main();
