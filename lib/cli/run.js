// `sigbridge run`: starts a command with the preload library, passes signals on, ends as it ends. Main thread; uses the
// public API only.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const { preloadFiles } = require('../binary');
const { SignalError } = require('../errors');
const { exitBySignal, onSignal, send } = require('../index');

/** @returns {{ variable: string, file: string }} */
function preload() {
  const files = preloadFiles();
  const file = files.find((one) => fs.existsSync(one));
  if (file === undefined) {
    throw new SignalError(
      'ERR_ADDON_LOAD',
      `the preload library is missing: ${files.join(', ')}. Install the package again; in a clone, 'npm run build' makes it.`,
    );
  }
  return { variable: process.platform === 'darwin' ? 'DYLD_INSERT_LIBRARIES' : 'LD_PRELOAD', file };
}

/**
 * Options end at `--`, or at the first argument that is none: the rest is the command's.
 * @param {string[]} args
 */
function parse(args) {
  const first = args.findIndex((arg) => arg === '--' || !arg.startsWith('-'));
  const end = first < 0 ? args.length : first;
  const options = args.slice(0, end);
  const command = args.slice(args[end] === '--' ? end + 1 : end);
  const unknown = options.find((option) => option !== '--report');
  if (unknown !== undefined) throw new Error(`run: no option '${unknown}'; there is --report`);
  if (command.length === 0)
    throw new Error('run: no command; write: sigbridge run [--report] -- COMMAND [ARGUMENT...]');
  return { report: options.includes('--report'), command };
}

/** @param {string[]} args */
async function run(args) {
  const { report, command } = parse(args);
  const { variable, file } = preload();
  const others = process.env[variable];
  const env = { ...process.env, [variable]: others ? `${file}:${others}` : file };
  if (report) env.SIGBRIDGE_REPORT = '1';

  const [program, ...rest] = command;
  // Before there is a child: a signal that comes now waits for it.
  /** @type {string[]} */
  const early = [];
  /** @type {number | undefined} */
  let pid;
  const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];
  const subscription = onSignal(forwarded, (info) => {
    // The terminal's own (Ctrl-C) reach the child too: it is in our process group.
    if (info.code === 'SI_KERNEL') return;
    if (pid === undefined) early.push(info.name);
    else forward(pid, info.name);
  });
  /** @param {unknown} error */
  const cannotStart = (error) =>
    new Error(`run: cannot start '${program}': ${error instanceof Error ? error.message : error}`);
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  try {
    child = spawn(program, rest, { stdio: 'inherit', env });
  } catch (error) {
    subscription.close();
    throw cannotStart(error);
  }
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) => reject(cannotStart(error)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  pid = child.pid;
  if (pid !== undefined) for (const signal of early) forward(pid, signal);
  const { code, signal } = await ended.finally(() => subscription.close());
  if (signal !== null) exitBySignal(signal);
  process.exitCode = code;
}

/**
 * @param {number} pid
 * @param {string} signal
 */
function forward(pid, signal) {
  try {
    send(pid, signal);
  } catch (error) {
    // It has ended in between: its exit is on its way to us.
    if (!(error instanceof SignalError)) throw error;
  }
}

module.exports = { run };
