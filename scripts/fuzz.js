#!/usr/bin/env node
// Builds the fuzz targets of test/fuzz with Clang and runs each for a while, two at a time. What was learnt stays in
// build/fuzz/corpus; the seeds are test/fuzz/corpus. An input that breaks a target is named, and stays in build/fuzz. The
// last line sums them up.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Missing, build, findFuzzer } = require('./toolchain/instrumented');
const { missingPackages, missingTools } = require('./toolchain/needs');

const root = path.resolve(__dirname, '..');
const out = process.stdout;
const isTTY = out.isTTY === true;
const sources = path.join(root, 'test/fuzz');
const targets = fs
  .readdirSync(sources)
  .filter((name) => name.endsWith('.cc'))
  .map((name) => path.basename(name, '.cc'));

const AT_ONCE = 2;
const LONGEST_INPUT = 512;

const help = `Usage: npm run fuzz -- [--seconds N] [--only TARGET]... [--input FILE]

Targets: ${targets.join(', ')}. --seconds: for each, 60 unless said. --input: runs that one input and no more (needs one
--only). Needs clang++ with libFuzzer; without it all are skipped.`;

/** @param {string} text */
const say = (text) => out.write(`${isTTY ? '\r\x1b[K' : ''}${text}\n`);
/** @param {string} text */
const status = (text) => {
  if (isTTY) out.write(`\r\x1b[K${text}`);
};

/** The place of a target in build/fuzz. @param {string} kind @param {string} name */
function folder(kind, name) {
  const place = path.join(root, 'build/fuzz', kind, name);
  fs.mkdirSync(place, { recursive: true });
  return place;
}

/** @param {string} name @param {string[]} args @returns {Promise<{ code: number | null, output: string }>} */
function runTarget(name, args) {
  const child = spawn(path.join(root, 'build/fuzz', `fuzz_${name}`), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, UBSAN_OPTIONS: 'print_stacktrace=1' },
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    output = (output + text).slice(-20_000);
    const runs = text.match(/^#(\d+)/gm)?.pop();
    if (runs) status(`${name}: ${runs.slice(1)} inputs`);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** @param {string} name @param {number} seconds @returns {Promise<boolean>} */
async function fuzz(name, seconds) {
  const learnt = folder('corpus', name);
  const { code, output } = await runTarget(name, [
    ...[`-max_total_time=${seconds}`, `-max_len=${LONGEST_INPUT}`, '-timeout=10', '-print_final_stats=1'],
    ...[`-artifact_prefix=${folder('broken', name)}/`, learnt, path.join(sources, 'corpus', name)],
  ]);
  const runs = /number_of_executed_units: (\d+)/.exec(output)?.[1];
  const [covered] = output.match(/cov: \d+/g)?.slice(-1) ?? [];
  if (code === 0) {
    say(`${name}: passed, ${runs} inputs, ${covered}`);
    return true;
  }
  say(output.replace(/^#.*\n/gm, ''));
  say(`${name}: FAILED, ended with ${code}`);
  return false;
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      seconds: { type: 'string', default: '60' },
      only: { type: 'string', multiple: true },
      input: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    say(help);
    return 0;
  }
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new Error(`--seconds must be a whole number from 1 on; got '${values.seconds}'`);
  const names = values.only ?? targets;
  const unknown = names.find((name) => !targets.includes(name));
  if (unknown !== undefined) throw new Error(`no target '${unknown}'; there are ${targets.join(', ')}`);
  const problem = missingPackages(root) ?? missingTools();
  if (problem !== undefined) throw new Error(problem);

  try {
    const clang = findFuzzer();
    const settings = ['-DSIGBRIDGE_FUZZ=ON', `-DCMAKE_CXX_COMPILER=${clang}`];
    await build({ folder: 'fuzz', target: 'fuzz', settings, status: (text) => say(`fuzz: ${text}`) });
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    say(`fuzz: skipped: ${error.message}\n0 passed, 0 failed, ${names.length} skipped`);
    return 0;
  }
  if (values.input !== undefined) {
    const { code, output } = await runTarget(names[0], [values.input]);
    say(output);
    return code === 0 ? 0 : 1;
  }
  let failed = 0;
  const waiting = [...names];
  const inTurn = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (!(await fuzz(name, seconds))) failed++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
  say(`${names.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`fuzz: ${error.message}`);
    process.exitCode = 2;
  },
);
