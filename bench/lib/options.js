// The command line of the benchmark.
'use strict';

const { parseArgs } = require('node:util');
const measures = require('../measures');

/** @typedef {import('./types').Size} Size */

/** @type {Size} */
const FULL = {
  runs: 5,
  ...{ signals: 200_000, warmSignals: 20_000, million: 1_000_000 },
  ...{ samples: 5000, loadedSamples: 2000, warmSamples: 200 },
  processes: 9,
  ...{ httpSlices: 48, httpSliceMs: 100 },
  maskCalls: 200_000,
};
/** @type {Size} */
const QUICK = {
  runs: 1,
  ...{ signals: 100_000, warmSignals: 10_000, million: 200_000 },
  ...{ samples: 500, loadedSamples: 200, warmSamples: 50 },
  processes: 3,
  ...{ httpSlices: 20, httpSliceMs: 50 },
  maskCalls: 20_000,
};
// One round says nothing about a ratio.
const CHECK_RUNS = 3;

const usual = measures.filter(({ long }) => !long).map(({ name }) => name);
const long = measures.filter((measure) => measure.long).map(({ name }) => name);

const help = `Usage: npm run bench -- [option...]

  --only KIND  may be repeated; by default ${usual.join(', ')}
  --all        those and ${long.join(', ')}
  --runs N     rounds of every trial, each in a new process; by default ${FULL.runs}
  --quick      small: one round, fewer signals and samples
  --report     measures nothing: shows what bench/results holds
  --docs       puts tables and pictures into docs/performance.md
  --check      compares ratios with bench/baseline.json (${CHECK_RUNS} rounds); exits with 1 when one is worse
  --baseline   writes bench/baseline.json from this run

Prints tables, writes bench/results/KIND.json and pictures. Exits with 1 when a trial failed, or when
sigbridge lost a signal without a count, or changed the order.
Environment: SIGBRIDGE_BACKEND is passed to every trial; SIGBRIDGE_RUNTIMES (node@26,bun@newest) chooses runtimes.`;

/**
 * @param {string[]} argv
 * @returns {{ help: true } | { help: false, chosen: import('./types').Measure[], size: Size, report: boolean,
 *   docs: boolean, check: boolean, baseline: boolean }}
 * @throws {Error} with a sentence for the user
 */
function parse(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string', multiple: true },
      runs: { type: 'string' },
      all: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      docs: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      baseline: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return { help: true };
  const names = values.only ?? (values.all ? [...usual, ...long] : usual);
  const unknown = names.find((name) => !measures.some((measure) => measure.name === name));
  if (unknown !== undefined) {
    throw new Error(`--only: no measure '${unknown}'; there are ${[...usual, ...long].join(', ')}`);
  }
  const size = { ...(values.quick ? QUICK : FULL) };
  if (values.check || values.baseline) size.runs = Math.max(size.runs, CHECK_RUNS);
  if (values.runs !== undefined) size.runs = Number(values.runs);
  if (!Number.isInteger(size.runs) || size.runs < 1) {
    throw new Error(`--runs must be a whole number from 1 on; got '${values.runs}'`);
  }
  const { report, docs, check, baseline } = values;
  const chosen = report ? [] : measures.filter(({ name }) => names.includes(name));
  return { help: false, chosen, size, report, docs, check, baseline };
}

module.exports = { help, parse };
