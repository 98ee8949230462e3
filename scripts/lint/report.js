// What a linter has to say, how it is shown, and how the tools are run.
'use strict';

const { spawn } = require('node:child_process');

/** @typedef {{ state: 'ok' | 'failed' | 'skipped', summary: string, findings?: string }} Outcome */
/** @typedef {{ status: number | null, output: string, missing: boolean }} Answer */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<Answer>} `missing`: there is no such program
 */
function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const onData = (/** @type {string} */ text) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', onData);
    child.stderr.setEncoding('utf8').on('data', onData);
    child.on('error', (error) => {
      const missing = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
      resolve({ status: null, output: error.message, missing });
    });
    child.on('close', (status) => resolve({ status, output, missing: false }));
  });
}

/**
 * @param {string} name
 * @param {Outcome} outcome
 * @param {number} ms
 */
function line(name, { state, summary }, ms) {
  const head = `${name.padEnd(13)} ${state}`;
  return state === 'skipped' ? `${head}: ${summary}` : `${head}, ${summary}, ${(ms / 1000).toFixed(1)} s`;
}

/** @param {Outcome[]} outcomes */
function counts(outcomes) {
  const number = (/** @type {Outcome['state']} */ state) =>
    outcomes.filter((one) => one.state === state).length;
  return { passed: number('ok'), failed: number('failed'), skipped: number('skipped') };
}

/** @param {number} count @param {string} thing */
function plural(count, thing) {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

module.exports = { counts, line, plural, run };
