#!/usr/bin/env node
// What guard() and harden() cost: the first call of each in a fresh process, and a Go addon's load with and without
// guard. Prints a table, writes bench/results/cgo.json: `npm run bench:cgo` (after `npm run demo:cgo`, which builds the addon).
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { describeMachine } = require('./lib/machine');

const ROUNDS = 31;
const ADDON = path.join(__dirname, '../build/demo-cgo/addon.node');
const RESULTS = path.join(__dirname, 'results/cgo.json');

/** @param {string} what */
function once(what) {
  const trial = path.join(__dirname, 'trials/cgo.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [trial, what, ADDON], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the ${what} trial ended with ${status}: ${stderr}`);
  return Number(stdout);
}

/** @param {number[]} values */
function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted[sorted.length - 1] };
}

/** @param {number} us */
const show = (us) => us.toFixed(0).padStart(9);

function main() {
  if (!fs.existsSync(ADDON)) throw new Error("no Go addon to load: 'npm run demo:cgo' builds it");
  /** @type {Record<string, number[]>} */
  const samples = { guard: [], harden: [], bare: [], guarded: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    for (const what of Object.keys(samples)) samples[what].push(once(what));
    if (process.stdout.isTTY) process.stdout.write(`\rround ${round} of ${ROUNDS}`);
  }
  if (process.stdout.isTTY) process.stdout.write('\r');
  const results = Object.fromEntries(
    Object.entries(samples).map(([what, values]) => [what, summary(values)]),
  );
  const titles = {
    guard: 'guard(() => {}), first call',
    harden: 'harden(), first call',
    bare: 'require(go addon).sum(1)',
    guarded: 'the same under guard()',
  };
  console.log(`${'microseconds'.padEnd(32)}   median       min       max   (${ROUNDS} processes each)`);
  for (const [what, title] of Object.entries(titles)) {
    const { median, min, max } = results[what];
    console.log(title.padEnd(32) + show(median) + show(min).padStart(10) + show(max).padStart(10));
  }
  console.log(`guard adds ${(results.guarded.median - results.bare.median).toFixed(0)} us to the load`);
  fs.mkdirSync(path.dirname(RESULTS), { recursive: true });
  fs.writeFileSync(
    RESULTS,
    `${JSON.stringify({ ...describeMachine(), rounds: ROUNDS, results }, null, 2)}\n`,
  );
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
