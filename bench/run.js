#!/usr/bin/env node
// The benchmark: `npm run bench -- --help`. What is measured, and how, is in docs/performance.md.
'use strict';

const os = require('node:os');
const path = require('node:path');
const { complaints, failed } = require('./lib/complaints');
const { contenders, findRuntimes } = require('./lib/contenders');
const document = require('./lib/document');
const { describeMachine } = require('./lib/machine');
const options = require('./lib/options');
const { drawAll } = require('./lib/pictures');
const { Progress } = require('./lib/progress');
const regression = require('./lib/regression');
const { Results } = require('./lib/results');
const { countTrials, runMeasure } = require('./lib/schedule');
const store = require('./lib/store');
const { plain, tableOf } = require('./lib/tables');
const { targetTable } = require('./lib/targets');
const measures = require('./measures');

/** @typedef {import('./lib/types').Measure} Measure */

/** @param {string} sentence */
const warn = (sentence) => console.error(sentence);

/**
 * @param {Measure[]} chosen
 * @param {import('./lib/types').Size} size
 * @returns {Promise<import('./lib/types').Stored[]>}
 */
async function measureAll(chosen, size) {
  const runtimes = await findRuntimes(warn);
  const field = contenders(runtimes, warn);
  const context = { field, runtimes, size, round: 0 };
  const machine = describeMachine([...new Set(field.map(({ product }) => product))]);
  const load = os.loadavg()[0].toFixed(2);
  console.log(`${machine.cpus} x ${machine.cpu}, ${machine.kernel}, load ${load}`);
  console.log(`${machine.versions.join(', ')}, sigbridge ${machine.sigbridge} at ${machine.commit}\n`);
  const progress = new Progress(chosen.reduce((sum, measure) => sum + countTrials(measure, context), 0));
  const all = [];
  for (const measure of chosen) {
    const started = new Date().toISOString();
    const stored = { measure: measure.name, started, machine, size };
    all.push({ ...stored, ...(await runMeasure(measure, context, progress)) });
    store.save(all[all.length - 1]);
  }
  progress.end();
  return all;
}

/** @param {Results} results */
function show(results) {
  for (const { title, tasks } of measures) {
    for (const task of tasks) {
      const table = tableOf(results, task);
      if (table !== undefined) console.log(`${title}: ${task.title}\n${plain(table)}\n`);
    }
  }
  console.log(
    'Medians of the rounds (least..most); ratios are taken within each round, then their median.\n',
  );
}

async function main() {
  const wanted = options.parse(process.argv.slice(2));
  if (wanted.help) {
    console.log(options.help);
    return 0;
  }
  const { chosen, size, report, docs, check, baseline } = wanted;
  const fresh = chosen.length > 0 ? await measureAll(chosen, size) : [];
  const now = new Results(report ? store.loadAll() : fresh);
  // Targets and document take in what earlier runs measured; tables and the check are this run's.
  const everything = new Results(store.loadAll());

  show(now);
  for (const complaint of complaints(now.trials)) console.log(`! ${complaint}`);
  const pictures = path.join(store.folder, 'pictures');
  for (const { tasks } of measures) for (const task of tasks) drawAll(everything, task, pictures);
  console.log(`\n${plain(targetTable(everything))}\n`);
  console.log(`JSON in ${path.relative(process.cwd(), store.folder)}, pictures in its folder pictures`);
  if (docs) console.log(`${document.write(everything)} is up to date`);

  let regressions = 0;
  if (check) {
    const { table, regressions: found } = regression.check(now);
    regressions = found.length;
    console.log(`\n${plain(table)}\n`);
    if (table.rows.length === 0) throw new Error('nothing to compare: no ratio of the baseline was measured');
    console.log(regressions === 0 ? 'no regression' : `${regressions} worse: ${found.join('; ')}`);
  }
  if (baseline) {
    const { cpu, cpus, kernel, versions } = now.stored[0]?.machine ?? {};
    console.log(`${regression.writeBaseline(now, { cpu, cpus, kernel, versions })} written`);
  }
  return failed(now.trials) || regressions > 0 ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`bench: ${error.message}`);
    process.exitCode = 2;
  },
);
