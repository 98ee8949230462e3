#!/usr/bin/env node
// Runs the binaries of prebuilds/ that can be run from an x64 Linux: musl's under its own loader, arm64's emulated. Those
// that cannot (macOS, FreeBSD) are read by `npm run check:package`, and named here. The last line sums up.
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { targets } = require('./prebuilds/targets');
const { systems } = require('./test-prebuilds/systems');

const root = path.resolve(__dirname, '..');
const program = path.join(root, 'test/fixtures/package/itself.cjs');

/** @param {string[]} command @param {string} target @returns {string | undefined} what is wrong */
function problemOf([file, ...args], target) {
  const { SIGBRIDGE_BUILD: _build, SIGBRIDGE_BINARY: _binary, ...env } = process.env;
  const { error, status, signal, stdout, stderr } = spawnSync(file, [...args, program], {
    env,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (error !== undefined) return error.message;
  const wanted = JSON.stringify({
    name: 'SIGUSR2',
    value: 42,
    binary: path.join(root, 'prebuilds', `${target}.node`),
  });
  if (stdout.trim() === wanted && status === 0) return undefined;
  return `code ${status}, signal ${signal}\n${stdout}${stderr}`;
}

async function main() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  /** @param {keyof typeof counts} kind @param {string} line */
  const tell = (kind, line) => {
    counts[kind]++;
    console.log(`${kind}: ${line}`);
  };
  const canRun = process.platform === 'linux' && process.arch === 'x64';
  for (const { target, title, command } of systems) {
    const line = `${target}: ${title}`;
    if (!canRun) {
      tell('skipped', `${line} (this is no x64 Linux)`);
      continue;
    }
    try {
      const problem = problemOf(await command(), target);
      if (problem === undefined) tell('passed', line);
      else tell('failed', `${line}: ${problem}`);
    } catch (error) {
      tell('skipped', `${line} (cannot be had: ${/** @type {Error} */ (error).message.split('\n')[0]})`);
    }
  }
  for (const { name } of targets.filter((one) => !systems.some(({ target }) => target === one.name)))
    tell('skipped', `${name} (nothing here runs it; 'npm run check:package' reads it)`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`sigbridge: ${error.message}`);
    process.exitCode = 2;
  },
);
