#!/usr/bin/env node
// The soak: one process under a mixed load for minutes, watched from outside, and a verdict. `npm run soak -- --help`.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const runtimes = require('../../scripts/runtimes');
const { Missing, sanitizedEnvironment } = require('../../scripts/toolchain/instrumented');
const { describeMachine } = require('../lib/machine');
const { plain } = require('../lib/tables');
const { runMixed } = require('./mixed');
const { runWorkers } = require('./workers');

/** @typedef {import('./judge').Verdict} Verdict */

const results = path.join(__dirname, '..', 'results');
const isTTY = process.stderr.isTTY === true;

const help = `Usage: npm run soak -- [option...]

  --minutes N       how long; 10 unless said, --workers 1
  --seconds N       the same, for a short one
  --runtime SPEC    bun@newest, node@26, ...; by default this Node
  --workers         64 Workers that subscribe, end and begin again in a storm, instead of the mixed load
  --sanitizer NAME  asan or tsan: with the addon that 'npm run test:sanitizers' has built (Node)
  --docs            writes docs/pictures/soak-RUNTIME.svg and the section of docs/soak.md

Prints a table of what was wanted and found; writes bench/results/soak-RUNTIME.json. Exits with 1 when anything is not
as wanted.`;

/** @param {string} text */
function status(text) {
  if (isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** @param {number} seconds */
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** @param {string | undefined} text @param {string} option @param {number} usual */
function positive(text, option, usual) {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} must be a number above 0; got '${text}'`);
  return value;
}

/** @param {string | undefined} spec */
async function findRuntime(spec) {
  if (spec === undefined) {
    return { kind: 'node', version: process.versions.node, command: [process.execPath, '--expose-gc'] };
  }
  const { kind, version, path: binary, args } = await runtimes.fetch(spec);
  return { kind, version, command: [binary, ...args, ...(kind === 'node' ? ['--expose-gc'] : [])] };
}

/** @param {Verdict[]} verdicts */
function show(verdicts) {
  const rows = verdicts.map(({ title, wanted, found, ok }) => [title, wanted, found, ok ? 'yes' : 'NO']);
  console.log(`${plain({ head: ['', 'wanted', 'found', 'so'], rows })}\n`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      runtime: { type: 'string' },
      workers: { type: 'boolean', default: false },
      sanitizer: { type: 'string' },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const minutes = positive(values.minutes, '--minutes', values.workers ? 1 : 10);
  const seconds = positive(values.seconds, '--seconds', minutes * 60);
  const { kind, version, command } = await findRuntime(values.runtime);
  const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-soak-'));
  const instrumented =
    values.sanitizer === undefined
      ? {}
      : sanitizedEnvironment(values.sanitizer, path.join(reports, 'report'));
  const env = { ...process.env, ...instrumented };
  const machine = describeMachine([`${kind} ${version}`]);
  const under = values.sanitizer === undefined ? '' : `, ${values.sanitizer}`;
  console.log(
    `${machine.cpus} x ${machine.cpu}, ${machine.kernel}, ${kind} ${version}${under}, ${clock(seconds)} min`,
  );

  const begun = Date.now();
  /** @param {{ rss: number, threads: number, descriptors: number, told: number }} sample */
  const onSecond = ({ rss, threads, descriptors, told }) =>
    status(
      `${clock((Date.now() - begun) / 1000)} of ${clock(seconds)}: ${told} signals told, ` +
        `${Math.round(rss / 2 ** 20)} MiB, ${threads} threads, ${descriptors} descriptors`,
    );
  const options = { command, env, kind, seconds, onSecond };
  const outcome = values.workers ? await runWorkers(options) : await runMixed(options);
  status('');
  const found = fs.readdirSync(reports).map((name) => fs.readFileSync(path.join(reports, name), 'utf8'));
  if (values.sanitizer !== undefined) {
    outcome.verdicts.push({
      ...{
        title: `reports of ${values.sanitizer}`,
        wanted: '0',
        found: String(found.length),
        ok: found.length === 0,
      },
    });
  }
  fs.rmSync(reports, { recursive: true });
  show(outcome.verdicts);
  for (const report of found) console.log(report);

  const stored = { kind, version, seconds, started: new Date(begun).toISOString(), machine, ...outcome };
  if (!values.workers && values.sanitizer === undefined) {
    fs.mkdirSync(results, { recursive: true });
    fs.writeFileSync(path.join(results, `soak-${kind}.json`), JSON.stringify(stored));
    if (values.docs) console.log(`${require('./document').write(stored)} is up to date`);
  }
  const passed = outcome.verdicts.filter(({ ok }) => ok).length;
  console.log(`${passed} passed, ${outcome.verdicts.length - passed} failed, 0 skipped`);
  return passed === outcome.verdicts.length ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    status('');
    if (error instanceof Missing) {
      console.log(`soak: skipped: ${error.message}\n0 passed, 0 failed, 1 skipped`);
      return;
    }
    console.error(`soak: ${error.message}`);
    process.exitCode = 2;
  },
);
