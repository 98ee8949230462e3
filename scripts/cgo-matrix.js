#!/usr/bin/env node
// The matrix of runtimes and protections: programs with Go in them, in storms of signals and under the garbage collector's
// pressure. Prints tables, writes JSON, and puts the tables into docs/cgo.md.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { OUTPUT, ROOT, built } = require('../test/cgo/build');
const { runTrial } = require('../test/cgo/trial');
const { cells, findRuntimes } = require('./cgo-matrix/plan');
const { insert, markdown, plain } = require('./cgo-matrix/table');

/** @typedef {import('./cgo-matrix/table').Result} Result */

const REPEAT = 10;
const QUICK_REPEAT = 2;
const DOCUMENT = path.join(ROOT, 'docs/cgo.md');
const RESULTS = path.join(OUTPUT, 'matrix.json');

const help = `Usage: npm run cgo:matrix -- [--quick] [--repeat N] [--only KIND]... [--runtime SPEC]...

  --repeat N      trials of each kind, runtime and protection; ${REPEAT} by default
  --quick         ${QUICK_REPEAT} of each in few runtimes; docs/cgo.md stays as it is
  --only KIND     storm, tgkill, children or hang; docs/cgo.md stays as it is
  --runtime SPEC  node@20, bun@newest, ...; docs/cgo.md stays as it is

Results go to ${path.relative(ROOT, RESULTS)}. Exits with 1 when a protected program did not live. What happens without
protection is reported, not judged.`;

/** One line that changes on a terminal, one line a cell elsewhere. */
class Progress {
  #done = 0;
  #began = Date.now();

  /** @param {number} total */
  constructor(total) {
    this.total = total;
  }

  /** @param {string} text */
  step(text) {
    this.#done++;
    this.show(`${this.#done}/${this.total} ${text}`);
  }

  /** @param {string} line */
  show(line) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
    else console.error(line);
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    return Math.round((Date.now() - this.#began) / 1000);
  }
}

/** Date, machine and compiler, for whoever reads the table later. @param {number} repeat @param {number} seconds */
function about(repeat, seconds) {
  const cpus = os.cpus();
  const go = execFileSync('go', ['version'], { encoding: 'utf8' })
    .trim()
    .replace(/^go version /, '');
  const date = new Date().toISOString().slice(0, 10);
  return (
    `${date}, ${cpus.length} x ${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${os.type()} ${os.release()} ${process.arch}, ` +
    `${go}; ${repeat} trial${repeat === 1 ? '' : 's'} each, ${seconds} s in all. Made by \`npm run cgo:matrix\`.`
  );
}

/** @param {string[]} argv */
function options(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: 'boolean', default: false },
      repeat: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      runtime: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const repeat = Number(values.repeat ?? (values.quick ? QUICK_REPEAT : REPEAT));
  if (!Number.isInteger(repeat) || repeat < 1)
    throw new Error(`--repeat takes a whole number from 1; got '${values.repeat}'`);
  return { ...values, repeat };
}

/** @param {import('./cgo-matrix/plan').Cell[]} plan @param {number} repeat @param {Progress} progress */
async function runAll(plan, repeat, progress) {
  /** @type {Result[]} */
  const results = [];
  for (const { kind, mode, runtime, deadline } of plan) {
    /** @type {Result['trials']} */
    const trials = [];
    for (let i = 1; i <= repeat; i++) {
      if (process.stderr.isTTY) progress.show(`${kind}, ${runtime.name}, ${mode}: trial ${i} of ${repeat}`);
      trials.push(await runTrial({ kind, mode, runtime, deadline }));
    }
    results.push({ kind, mode, runtime: runtime.name, trials });
    const outcomes = [...new Set(trials.map(({ outcome }) => outcome))].join(', ');
    progress.step(`${kind}, ${runtime.name}, ${mode}: ${outcomes}`);
  }
  return results;
}

/** @param {Result[]} results @param {[string, string][]} missing */
function report(results, missing) {
  console.log(`${plain(results)}\n`);
  for (const [spec, reason] of missing) console.log(`skipped: ${spec}: ${reason}`);
  const guarded = results.filter(({ mode }) => mode !== 'none');
  const failed = guarded.filter(({ trials }) => trials.some(({ outcome }) => outcome !== 'lived'));
  for (const { kind, runtime, mode, trials } of failed) {
    const ways = [...new Set(trials.filter(({ outcome }) => outcome !== 'lived').map(({ how }) => how))];
    console.log(`failed: ${kind}, ${runtime}, ${mode}: ${ways.join('; ')}`);
  }
  for (const { kind, runtime, mode, trials } of results) {
    const lost = trials.flatMap((trial) => trial.lost);
    if (lost.length === 0) continue;
    console.log(
      `note: ${kind}, ${runtime}, ${mode}: lost after the storm, came when sent again: ${lost.join(', ')}`,
    );
  }
  for (const { kind, runtime, mode, trials } of results) {
    const lives = trials.every(({ outcome }) => outcome === 'lived');
    // What Bun 1.2 alone does.
    if (mode !== 'none' || !lives || kind === 'hang') continue;
    console.log(`note: ${runtime} lives without protection: ${kind}`);
  }
  console.log(`${guarded.length - failed.length} passed, ${failed.length} failed, ${missing.length} skipped`);
  return failed.length === 0;
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const { quick, repeat, only, runtime: specs, help: asked } = options(argv);
  if (asked) {
    console.log(help);
    return 0;
  }
  const lacking = [built('addon'), built('storm')].find(({ missing }) => missing !== undefined);
  if (lacking !== undefined) {
    console.log(`skipped: ${lacking.missing}\n0 passed, 0 failed, 1 skipped`);
    return 0;
  }
  const found = await findRuntimes(quick, (step) => new Progress(0).show(step));
  const missing = /** @type {[string, string][]} */ (
    [...found].filter(([, runtime]) => typeof runtime === 'string')
  );
  const plan = cells(quick, found).filter(
    ({ kind, runtime }) =>
      (only.length === 0 || only.includes(kind)) && (specs.length === 0 || specs.includes(runtime.spec)),
  );
  if (plan.length === 0) throw new Error('nothing to do: no such kind, or no such runtime in the plan');
  const progress = new Progress(plan.length);
  const results = await runAll(plan, repeat, progress);
  const seconds = progress.end();
  const facts = about(repeat, seconds);
  fs.mkdirSync(path.dirname(RESULTS), { recursive: true });
  fs.writeFileSync(RESULTS, `${JSON.stringify({ about: facts, repeat, results }, null, 2)}\n`);
  console.log(`${facts}\n`);
  const good = report(results, missing);
  if (!quick && only.length === 0 && specs.length === 0) {
    const document = insert(fs.readFileSync(DOCUMENT, 'utf8'), markdown(results, facts));
    if (document === undefined) throw new Error(`${DOCUMENT} has no place for the table`);
    fs.writeFileSync(DOCUMENT, document);
  }
  return good ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`cgo-matrix: ${error.message}`);
    process.exitCode = 2;
  },
);
