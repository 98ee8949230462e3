#!/usr/bin/env node
// The benchmark: sigbridge beside process.on and beside a plain C receiver, in one run. How it measures is in
// bench/README.md.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { describeMachine } = require('./lib/machine');
const { compile } = require('./lib/native');
const { render } = require('./lib/table');
const { canDo, contenders, runTrial, tasks } = require('./lib/trials');
const runtimes = require('../scripts/runtimes');

/** @typedef {import('./lib/trials').Trial} Trial */

const FULL = { rounds: 5, samples: 2000, signals: 200_000 };
const QUICK = { rounds: 1, samples: 300, signals: 20_000 };
const RESULTS = path.join(__dirname, 'results', 'latest.json');

const help = `Usage: npm run bench -- [--quick] [--rounds N] [--only TASK]...

  --quick      one round with fewer signals, for CI
  --rounds N   ${FULL.rounds} by default
  --only TASK  latency, apart, queue or storm; may be repeated

Prints tables and writes ${path.relative(process.cwd(), RESULTS)}. Exits with 1 when a trial
failed, or when sigbridge lost a signal without a count or changed the order.`;

/** One line that changes on a terminal, one line a trial elsewhere. */
class Progress {
  #done = 0;
  #began = Date.now();

  /** @param {number} total */
  constructor(total) {
    this.total = total;
  }

  /** @param {string} text */
  step(text) {
    const line = `${String(++this.#done).padStart(String(this.total).length)}/${this.total} ${text}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
    else console.error(line);
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.error(`${this.total} trials in ${Math.round((Date.now() - this.#began) / 1000)} s\n`);
  }
}

/** This Node and the newest Bun; without network or cache, Node alone. */
async function findRuntimes() {
  const found = [{ name: `Node ${process.versions.node}`, path: process.execPath }];
  try {
    const bun = await runtimes.fetch('bun@newest');
    found.push({ name: `Bun ${bun.version}`, path: bun.path });
  } catch (error) {
    console.error(`Without Bun: ${error instanceof Error ? error.message : error}`);
  }
  return found;
}

/**
 * A later round starts with another contender, so that none is always the first after a pause.
 * @template T
 * @param {readonly T[]} list
 * @param {number} by
 */
const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

/** @param {readonly Trial[]} trials */
function complaints(trials) {
  return trials.flatMap(({ task, contender, round, outcome, failure }) => {
    const where = `${task}, ${contender}, round ${round}`;
    if (failure !== undefined || outcome === undefined) return [`${where}: ${failure}`];
    const said = [];
    if (outcome.unexplained > 0) said.push(`${where}: ${outcome.unexplained} lost without a count`);
    if (outcome.lost > 0) said.push(`${where}: ${outcome.lost} lost in all`);
    if (outcome.reordered > 0) said.push(`${where}: ${outcome.reordered} out of order`);
    if (outcome.extra > 0) said.push(`${where}: ${outcome.extra} callbacks too many`);
    return said;
  });
}

/** @param {readonly Trial[]} trials */
function failed(trials) {
  return trials.some(({ contender, outcome }) => {
    if (outcome === undefined) return true;
    return (
      contender.endsWith('sigbridge') &&
      (outcome.unexplained > 0 || outcome.reordered > 0 || outcome.extra > 0)
    );
  });
}

async function main() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const size = values.quick ? QUICK : FULL;
  const rounds = values.rounds === undefined ? size.rounds : Number(values.rounds);
  const chosen = tasks(size).filter(({ name }) => values.only?.includes(name) ?? true);
  if (!Number.isInteger(rounds) || rounds < 1 || chosen.length === 0) {
    console.error(help);
    return 2;
  }

  const driver = compile('driver');
  const runtimesFound = await findRuntimes();
  const field = contenders(compile('receiver'), runtimesFound);
  const machine = { ...describeMachine(), runtimes: runtimesFound.map(({ name }) => name) };
  console.log(
    `${machine.cpus} x ${machine.cpu}, ${machine.kernel}, load ${os.loadavg()[0].toFixed(2)}; ` +
      `${machine.runtimes.join(', ')}, sigbridge ${machine.sigbridge}\n`,
  );

  /** @type {Trial[]} */
  const trials = [];
  const pairs = chosen.flatMap((task) =>
    field.filter((one) => canDo(one, task)).map((one) => ({ task, one })),
  );
  const progress = new Progress(rounds * pairs.length);
  const started = new Date().toISOString();
  for (let round = 1; round <= rounds; round++) {
    for (const { task, one } of rotated(pairs, round - 1)) {
      progress.step(`round ${round}: ${task.name}, ${one.name}`);
      const trial = { task: task.name, contender: one.name, round, load: os.loadavg()[0] };
      try {
        trials.push({ ...trial, outcome: await runTrial(driver, one, task) });
      } catch (error) {
        trials.push({ ...trial, failure: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  progress.end();

  fs.mkdirSync(path.dirname(RESULTS), { recursive: true });
  fs.writeFileSync(
    RESULTS,
    `${JSON.stringify({ started, machine, size: { ...size, rounds }, trials }, null, 1)}\n`,
  );
  console.log(render(trials, chosen, field, canDo));
  for (const complaint of complaints(trials)) console.log(`! ${complaint}`);
  return failed(trials) ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);
