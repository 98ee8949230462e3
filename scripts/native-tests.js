#!/usr/bin/env node
// Builds and runs the native tests of src/posix: plain, under ASan and UBSan, under TSan, and the plain ones under
// valgrind. The last line sums them up.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { parseArgs } = require('node:util');
const { Missing, build, checkSanitizer } = require('./toolchain/instrumented');
const { missingPackages, missingTools } = require('./toolchain/needs');

const root = path.resolve(__dirname, '..');
const out = process.stdout;
const isTTY = out.isTTY === true;

// No test takes so long, not under valgrind either.
const LONGEST_SILENCE_MS = 90_000;

/**
 * @typedef {object} Configuration
 * @property {string} folder
 * @property {string} [sanitizer] what -fsanitize= gets
 * @property {string[]} [wrapper] the command to run the tests with
 * @property {Record<string, string>} [env]
 */

/** @type {Record<string, Configuration>} */
const configurations = {
  plain: { folder: 'native' },
  asan: {
    folder: 'asan',
    sanitizer: 'address,undefined',
    env: { UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1' },
  },
  tsan: { folder: 'tsan', sanitizer: 'thread' },
  valgrind: {
    folder: 'native',
    // Its debugger's pipe would be one more descriptor in the tests that count them. A forked child has lost the
    // other threads: their stacks are "possibly lost" there.
    wrapper: [
      ...['valgrind', '--quiet', '--vgdb=no', '--child-silent-after-fork=yes', '--fair-sched=try'],
      ...['--leak-check=full', '--errors-for-leak-kinds=definite', '--error-exitcode=1'],
    ],
  },
};

const help = `Usage: node scripts/native-tests.js [--only NAME]...

Names: ${Object.keys(configurations).join(', ')}; without --only, all. Needs cmake, a C++20 compiler and GoogleTest;
a sanitizer or valgrind that is missing is skipped.`;

/**
 * @typedef {object} Report
 * @property {number} passed
 * @property {string[]} failed what, each with what it printed
 * @property {{ name: string, reason: string }[]} skipped
 * @property {string[]} done the tests that need not run again
 */

/** @param {string} name @param {string} text */
function status(name, text) {
  out.write(isTTY ? `\r\x1b[K${name}: ${text}` : `${name}: ${text}\n`);
}

/** @param {string} text */
function say(text) {
  out.write(`${isTTY ? '\r\x1b[K' : ''}${text}\n`);
}

/** @param {string} name @param {Configuration} configuration @returns {Promise<string>} the test program */
async function buildTests(name, { folder, sanitizer = '' }) {
  const place = await build({
    folder,
    target: 'sigbridge_tests',
    settings: ['-DSIGBRIDGE_TESTS=ON', `-DSIGBRIDGE_SANITIZE=${sanitizer}`],
    status: (text) => status(name, text),
  });
  return path.join(place, 'sigbridge_tests');
}

/**
 * Reads GoogleTest's output as it comes: a program that crashes writes no report file.
 * @param {string} name
 * @param {NodeJS.ReadableStream} stream
 * @param {Report} report
 * @returns {Promise<string>} the test that never ended, or nothing
 */
async function follow(name, stream, report) {
  let total = 0;
  let done = 0;
  let running = '';
  /** @type {string[]} */
  let said = [];
  for await (const line of readline.createInterface({ input: stream })) {
    const [, mark, test] = /^\[ *([A-Z=]+) *\] (\S+)/.exec(line) ?? [];
    if (mark === '==========' && total === 0) {
      total = Number(/Running (\d+) test/.exec(line)?.[1] ?? 0);
    } else if (mark === 'RUN') {
      running = test;
      said = [];
      if (isTTY) status(name, `testing, ${done + 1} of ${total}, ${running}`);
    } else if (running !== '' && test === running) {
      if (mark === 'OK') report.passed++;
      if (mark === 'FAILED') report.failed.push(`${running}\n${said.join('\n')}`);
      else report.done.push(running);
      if (mark === 'SKIPPED') report.skipped.push({ name: running, reason: said[1] ?? 'for no reason' });
      running = '';
      done++;
    } else {
      said.push(line);
    }
  }
  return running;
}

/**
 * The tests that are not done yet.
 * @param {string} name
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @param {Report} report
 */
async function run(name, [command, ...args], env, report) {
  const child = spawn(command, [...args, '--gtest_color=no', `--gtest_filter=-${report.done.join(':')}`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  const silence = setTimeout(() => child.kill('SIGKILL'), LONGEST_SILENCE_MS);
  child.stdout.on('data', () => silence.refresh());
  /** @type {Promise<string | number>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code ?? 'no exit code'));
  });
  const unfinished = await follow(name, child.stdout, report);
  const end = await ended;
  clearTimeout(silence);
  if (unfinished !== '') report.failed.push(`${unfinished}, in which the program ended with ${end}`);
  else if (end !== 0 && report.failed.length === 0)
    report.failed.push(`the program, which ended with ${end}`);
  if (report.failed.length > 0 && complaints !== '') say(complaints.trimEnd());
}

/** @param {string} name @param {string[]} failed @param {string} mark */
function tellFailed(name, failed, mark) {
  for (const failure of failed) {
    const [title, ...details] = failure.split('\n');
    for (const detail of details) say(`    ${detail}`);
    say(`${name}: ${mark} ${title}`);
  }
}

/** @param {string} name @param {Configuration} configuration @returns {Promise<Report>} */
async function test(name, configuration) {
  const { wrapper = [], env = {}, sanitizer } = configuration;
  if (sanitizer) checkSanitizer(sanitizer);
  if (wrapper.length > 0 && spawnSync(wrapper[0], ['--version']).error) {
    throw new Missing(`${wrapper[0]} is not installed (Debian/Ubuntu: apt install ${wrapper[0]})`);
  }
  const program = await buildTests(name, configuration);
  const begun = Date.now();
  status(name, 'testing');
  /** @type {Report} */
  const report = { passed: 0, failed: [], skipped: [], done: [] };
  await run(name, [...wrapper, program], env, report);
  if (report.failed.length > 0) {
    // As with the tests in JavaScript (test/helpers/retry.js): on a busy machine, once more, and told in any case. What
    // came after one that never ended runs now.
    tellFailed(name, report.failed.splice(0), 'tried again:');
    await run(name, [...wrapper, program], env, report);
    tellFailed(name, report.failed, 'FAILED');
  }
  tellSkipped(name, report.skipped);
  say(`${name}: ${summary(report.passed, report.failed.length, report.skipped.length)}, ${seconds(begun)} s`);
  return report;
}

/** One line a reason. @param {string} name @param {Report['skipped']} skipped */
function tellSkipped(name, skipped) {
  for (const reason of new Set(skipped.map((one) => one.reason))) {
    const tests = skipped.filter((one) => one.reason === reason).map((one) => one.name.replace(/\/.*/, ''));
    say(`${name}: skipped: ${tests.length} (${reason}): ${[...new Set(tests)].join(', ')}`);
  }
}

/** @param {number} begun */
const seconds = (begun) => ((Date.now() - begun) / 1000).toFixed(1);

/** @param {number} passed @param {number} failed @param {number} skipped */
const summary = (passed, failed, skipped) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** The kernel counts queued signals by user: another program's storm makes our sigqueue() fail. */
function crowdedQueue() {
  if (!fs.existsSync('/proc/self/status')) return;
  const [, used, limit] = /^SigQ:\s*(\d+)\/(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (Number(used) * 2 > Number(limit)) {
    say(`note: other programs of this user hold ${used} of ${limit} places in the kernel's queue of signals`);
  }
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    say(help);
    return 0;
  }
  const names = values.only ?? Object.keys(configurations);
  const unknown = names.find((name) => !Object.hasOwn(configurations, name));
  if (unknown !== undefined)
    throw new Error(`no '${unknown}'; there are ${Object.keys(configurations).join(', ')}`);
  const problem = missingPackages(root) ?? missingTools();
  if (problem !== undefined) throw new Error(problem);

  let [passed, failed, skipped] = [0, 0, 0];
  for (const name of names) {
    crowdedQueue();
    try {
      const report = await test(name, configurations[name]);
      passed += report.passed;
      failed += report.failed.length;
      skipped += report.skipped.length;
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      if (error instanceof Missing) skipped++;
      else failed++;
      say(error instanceof Missing ? `${name}: skipped: ${message}` : `${message}\n${name}: FAILED`);
    }
  }
  say(summary(passed, failed, skipped));
  return failed > 0 || passed === 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`native tests: ${error.message}`);
    process.exitCode = 2;
  },
);
