#!/usr/bin/env node
// The addon under ASan with UBSan, and under TSan, in this Node: builds it, runs process tests with it and, under ASan, the
// 64 Workers of the soak. What a sanitizer reports fails the test it comes from (test/helpers/sanitizer.js). The last line
// sums them up.
'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const { parseArgs } = require('node:util');
const {
  Missing,
  SANITIZERS,
  build,
  checkSanitizer,
  sanitizedEnvironment,
} = require('./toolchain/instrumented');
const { missingPackages, missingTools } = require('./toolchain/needs');

const root = path.resolve(__dirname, '..');
const out = process.stdout;

/**
 * Files of test/process, but for `rounds`: what a hundred thousand subscriptions leave in memory says nothing where freed
 * memory is kept on purpose.
 */
const EVERYTHING = '(?!rounds)[a-z-]+';
// TSan runs a handler late, when its thread next calls into the C library, and on a copy of the frame. So under it a busy
// loop is never interrupted, and a handler that edits its thread's mask edits the copy; a shell with TSan's library in it
// crashes at once, so a child ends otherwise than it should. The tests that lean on any of that are left out.
const WITH_TSAN =
  'delivery|realtime|workers|timers|beside|inspect|lifetime|reload|sending|streams|trace|shutdown-server';
// The ways of a record, Workers, and what is held: in seconds.
const FEW = 'delivery|realtime|workers|sections|waits|full-queue|process-handle|health';

// Two binaries in one process take a signal's handler from each other in turn, and whose turn it is when both have gone is a
// matter of time; the slower the one, the likelier that something is left.
const ALL_BUT = '^(?!.*two different binaries)';

/** @type {Record<string, string>} */
const tests = { asan: EVERYTHING, tsan: WITH_TSAN };

const help = `Usage: node scripts/sanitizers.js [--only NAME]... [--few] [PATTERN]

Names: ${Object.keys(SANITIZERS).join(', ')}; without --only, both. PATTERN: of files in test/process, instead of the usual
ones. --few: a small part under ASan, and the Workers for seconds instead of a minute.`;

/** @param {string} text */
const say = (text) => out.write(`${out.isTTY ? '\r\x1b[K' : ''}${text}\n`);

/**
 * Passes on what a command prints.
 * @param {string[]} args of Node
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ code: number, output: string }>}
 */
function node(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...process.env, ...env },
    });
    let output = '';
    const onData = (/** @type {string} */ text) => {
      output += text;
      out.write(text);
    };
    child.stdout.setEncoding('utf8').on('data', onData);
    child.stderr.setEncoding('utf8').on('data', onData);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** A command that fails without saying what has failed once. @param {Counts} counts @param {number} code @returns {Counts} */
const distrusting = (counts, code) => ({
  ...counts,
  failed: counts.failed + (code !== 0 && counts.failed === 0 ? 1 : 0),
});

/** @param {string} name @param {string} pattern @returns {Promise<Counts>} */
async function runTests(name, pattern) {
  const fixtures = JSON.stringify(sanitizedEnvironment(name, '{reports}'));
  const jest = path.join(path.dirname(require.resolve('jest/package.json')), 'bin/jest.js');
  const { code, output } = await node([jest, `test/process/(${pattern})\\.test\\.js$`, '-t', ALL_BUT], {
    SIGBRIDGE_SANITIZED_FIXTURES: fixtures,
    SIGBRIDGE_RUNTIMES: 'this node',
  });
  const summary = output.match(/^Tests: +.*$/gm)?.pop() ?? '';
  const number = (/** @type {string} */ what) => Number(new RegExp(`(\\d+) ${what}`).exec(summary)?.[1] ?? 0);
  return distrusting(
    { passed: number('passed'), failed: number('failed'), skipped: number('skipped') },
    code,
  );
}

/** @param {string} name @param {boolean} few @returns {Promise<Counts>} */
async function runWorkers(name, few) {
  const time = few ? ['--seconds', '6'] : [];
  const { code, output } = await node(['bench/soak/run.js', '--workers', '--sanitizer', name, ...time]);
  const [, passed = 0, failed = 0, skipped = 0] =
    /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output)?.map(Number) ?? [];
  return distrusting({ passed, failed, skipped }, code);
}

/** @param {string} name @param {boolean} few @param {string} [pattern] @returns {Promise<Counts>} */
async function run(name, few, pattern) {
  const sanitizer = SANITIZERS[name];
  checkSanitizer(sanitizer.name);
  await build({
    folder: sanitizer.folder,
    target: 'sigbridge',
    settings: [`-DSIGBRIDGE_SANITIZE=${sanitizer.name}`],
    status: (text) => say(`${name}: ${text}`),
  });
  const counts = await runTests(name, pattern ?? (few ? FEW : tests[name]));
  if (name !== 'asan' || pattern !== undefined) return counts;
  const more = await runWorkers(name, few);
  return {
    passed: counts.passed + more.passed,
    failed: counts.failed + more.failed,
    skipped: counts.skipped + more.skipped,
  };
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true },
      few: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    say(help);
    return 0;
  }
  const names = values.only ?? (values.few ? ['asan'] : Object.keys(SANITIZERS));
  const unknown = names.find((name) => !Object.hasOwn(SANITIZERS, name));
  if (unknown !== undefined)
    throw new Error(`no '${unknown}'; there are ${Object.keys(SANITIZERS).join(', ')}`);
  const problem = missingPackages(root) ?? missingTools();
  if (problem !== undefined) throw new Error(problem);

  const all = { passed: 0, failed: 0, skipped: 0 };
  for (const name of names) {
    try {
      const counts = await run(name, values.few, positionals[0]);
      all.passed += counts.passed;
      all.failed += counts.failed;
      all.skipped += counts.skipped;
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      if (error instanceof Missing) all.skipped++;
      else all.failed++;
      say(error instanceof Missing ? `${name}: skipped: ${message}` : `${message}\n${name}: FAILED`);
    }
  }
  say(`${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped`);
  return all.failed > 0 || all.passed + all.skipped === 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`sanitizers: ${error.message}`);
    process.exitCode = 2;
  },
);
