// Compares ratios, never times, with those of bench/baseline.json: a ratio that is worse by more than its factor is a
// regression. Ratios of a noisy machine vary by tens of percent, so the factors are wide: this finds what became slow,
// not what became slower.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { list, valueNamed } = require('./figures');
const { short } = require('./tables');

/**
 * @typedef {import('./results').Results} Results
 * @typedef {{ value: number, better: 'higher' | 'lower', factor: number }} Entry
 */

const file = path.join(__dirname, '..', 'baseline.json');

// Not in it: throughput beside process.on, whose own deliveries/s vary tenfold with what the kernel merges.
/** @type {[prefix: string, rule: Pick<Entry, 'better' | 'factor'>][]} */
const RULES = [
  ...['node', 'bun', 'deno'].map(
    (runtime) =>
      /** @type {[string, Pick<Entry, 'better' | 'factor'>]} */ ([
        `throughput ${runtime} / c signalfd`,
        { better: 'higher', factor: 2.5 },
      ]),
  ),
  ['thread cpu ', { better: 'lower', factor: 2.5 }],
  ['latency loaded ', { better: 'lower', factor: 3 }],
  ['latency ', { better: 'lower', factor: 2 }],
  ['http ', { better: 'higher', factor: 1.15 }],
  ['first delivery ', { better: 'lower', factor: 1.5 }],
  ['mask pair ', { better: 'lower', factor: 2 }],
];

/** @param {string} name */
const ruleOf = (name) => RULES.find(([prefix]) => name.startsWith(prefix) && name.includes(' / '))?.[1];

/** @returns {Record<string, Entry>} */
function readBaseline() {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).ratios : {};
}

/**
 * Keeps entries of what was not measured now.
 * @param {Results} results
 * @param {Record<string, unknown>} machine
 */
function writeBaseline(results, machine) {
  const ratios = readBaseline();
  for (const { name, value } of list) {
    const rule = ruleOf(name);
    const measured = value(results);
    if (rule !== undefined && measured !== undefined) {
      ratios[name] = { value: Number(measured.toPrecision(3)), ...rule };
    }
  }
  fs.writeFileSync(file, `${JSON.stringify({ machine, ratios }, null, 2)}\n`);
  return path.relative(process.cwd(), file);
}

/**
 * @param {Results} results of this run alone
 * @returns {{ table: import('./tables').Table, regressions: string[] }}
 */
function check(results) {
  const baseline = readBaseline();
  const rows = [];
  const regressions = [];
  for (const [name, { value, better, factor }] of Object.entries(baseline)) {
    const measured = valueNamed(results, name);
    if (measured === undefined) continue;
    const limit = better === 'higher' ? value / factor : value * factor;
    const isWorse = better === 'higher' ? measured < limit : measured > limit;
    rows.push([
      name,
      short(value),
      `${better === 'higher' ? '>=' : '<='} ${short(limit)}`,
      short(measured),
      isWorse ? 'REGRESSION' : 'ok',
    ]);
    if (isWorse) regressions.push(`${name}: ${short(measured)}, was ${short(value)}`);
  }
  return { table: { head: ['ratio', 'baseline', 'allowed', 'measured', ''], rows }, regressions };
}

module.exports = { check, writeBaseline };
