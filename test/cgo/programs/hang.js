// Go calls on pool threads and on the JS thread while the garbage collector runs: MODE ADDON ROUNDS. Ends by
// itself, when it has made so many rounds and the collector has run often enough to have met them.
'use strict';

const { emit } = require('../../fixtures/lib/report');
const { load } = require('./lib/load');

const [mode, file, rounds] = process.argv.slice(2);
const addon = load(mode, file);

const COLLECTIONS = 50;

/** @type {unknown[]} */
let garbage = [];
let collections = 0;
const { Bun, gc } = /** @type {{ Bun?: { gc(now: boolean): void }, gc?: () => void }} */ (globalThis);

function collect() {
  garbage = [];
  for (let i = 0; i < 20_000; i++) garbage.push({ i, text: `number ${i}` });
  if (Bun !== undefined) Bun.gc(true);
  else gc?.();
  collections++;
}

setInterval(collect, 5);

async function main() {
  emit('ready', { pid: process.pid });
  for (let round = 0; round < Number(rounds) || collections < COLLECTIONS; round++) {
    await addon.pool(100_000);
    addon.work(1000);
  }
  emit('finished', { collections, garbage: garbage.length });
  process.exit(0);
}

main();
