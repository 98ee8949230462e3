// Runs the processes of a trial and reads what they print: one JSON value a line.
'use strict';

const { execFile, spawn } = require('node:child_process');

const TRIAL_TIMEOUT_MS = 300_000;

/** @param {string} text */
const parse = (text) =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/**
 * @param {readonly string[]} command
 * @returns {Promise<any[]>} the values printed
 */
function run([program, ...args]) {
  /** @type {import('node:child_process').ExecFileOptions} */
  const options = { timeout: TRIAL_TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 26, encoding: 'utf8' };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error) {
        const why = error.killed
          ? `not done after ${TRIAL_TIMEOUT_MS / 1000} s`
          : String(stderr).trim() || error.message;
        reject(new Error(why.split('\n').slice(-3).join(' | ')));
        return;
      }
      try {
        resolve(parse(String(stdout)));
      } catch {
        reject(new Error(`not JSON: ${String(stdout).slice(0, 200)}`));
      }
    });
  });
}

/**
 * A process that prints one line when it is ready, and ends when its standard input does.
 * @param {readonly string[]} command
 * @returns {Promise<{ said: any, end: () => Promise<void> }>}
 */
function start([program, ...args]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return new Promise((resolve, reject) => {
    let out = '';
    let complaint = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${program} was not ready after 30 s`));
    }, 30_000);
    child.on('error', reject);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      complaint += text;
    });
    child.on('close', () => {
      clearTimeout(timer);
      reject(new Error(complaint.trim() || `${program} ended early`));
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      const [line] = out.split('\n', 1);
      if (!out.includes('\n')) return;
      clearTimeout(timer);
      const end = async () => {
        child.stdin.end();
        const last = setTimeout(() => child.kill('SIGKILL'), 5000);
        await ended;
        clearTimeout(last);
      };
      resolve({ said: JSON.parse(line), end });
    });
  });
}

module.exports = { run, start };
