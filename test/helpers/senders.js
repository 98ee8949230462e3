// Signals from another process, sent by none of the code under test: a shell's kill, and sigqueue from C.
// Jest side only.
'use strict';

const { spawn } = require('node:child_process');
const { afterEach } = require('@jest/globals');
const { tool } = require('./tools');

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

const sigsend = tool('sigsend', 'program');

/** @type {Set<ChildProcess>} */
const alive = new Set();

/**
 * @param {string} file
 * @param {string[]} args
 */
function launch(file, args) {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  alive.add(child);
  const closed = new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, stderr: error.message }));
    child.on('close', (code) => resolve({ code, stderr }));
  }).finally(() => alive.delete(child));
  return { child, closed };
}

/**
 * @param {string} file
 * @param {(string | number)[]} args
 * @returns {Promise<number>} the pid it had
 */
async function run(file, args) {
  const { child, closed } = launch(file, args.map(String));
  const { code, stderr } = await closed;
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed with code ${code}: ${stderr}`);
  return Number(child.pid);
}

/** @param {(string | number)[]} args */
const runSigsend = (args) => run(String(sigsend.path), args);

/**
 * kill(1), as a shell's builtin.
 * @param {number} pid
 * @param {string} signal without SIG
 */
const kill = (pid, signal) => run('sh', ['-c', `kill -s "$0" "$1"`, signal, pid]);

/**
 * One sigqueue(3). `uid` is the sender's real uid; only root can choose it.
 * @param {number} pid
 * @param {number} signo
 * @param {number | bigint} value
 * @param {{ uid?: number }} [options]
 */
const queue = (pid, signo, value, { uid = -1 } = {}) => runSigsend(['queue', pid, signo, String(value), uid]);

/**
 * 1..count queued to each signal of a range, all signals in turn.
 * @param {number} pid
 * @param {number} first
 * @param {number} last
 * @param {number} count
 */
const series = (pid, first, last, count) => runSigsend(['series', pid, first, last, count]);

/**
 * A sender for each signal, all at once, 1..count.
 * @param {number} pid
 * @param {number[]} signos
 * @param {number} count
 */
const parallelSeries = (pid, signos, count) =>
  Promise.all(signos.map((signo) => series(pid, signo, signo, count)));

/**
 * Signals without end, until stopped or until the process is gone.
 * @param {number} pid
 * @param {number[]} signos
 */
function storm(pid, signos) {
  const { child, closed } = launch(String(sigsend.path), ['storm', pid, ...signos].map(String));
  return {
    stop() {
      child.kill('SIGKILL');
      return closed;
    },
  };
}

afterEach(() => {
  for (const child of alive) child.kill('SIGKILL');
});

module.exports = { kill, parallelSeries, queue, series, sigsend, storm };
