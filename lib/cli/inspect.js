// `sigbridge inspect`: a process's signals once, or again and again, as text or JSON. Main thread; uses the public API only.
'use strict';

const os = require('node:os');
const { setTimeout: pause } = require('node:timers/promises');
const { SignalError, abortOnSignal, inspect } = require('../index');
const { render } = require('./inspect-text');

/** @typedef {import('../../binding').Inspection} Inspection */
/** @typedef {{ pid: number, json: boolean, check: boolean, seconds: number | undefined }} Options */

const USAGE = 'sigbridge inspect PID [--json] [--check] [--watch [SECONDS]]';
const FAILED = 1;
const WARNED = 3;
const USUAL_SECONDS = 2;
const [SHORTEST, LONGEST] = [0.1, 86_400];

/** @param {string} text */
function toPid(text) {
  const pid = Number(text);
  if (!/^\d+$/.test(text) || pid < 1 || pid >= 2 ** 31)
    throw new Error(`inspect: '${text}' is no process id; write: ${USAGE}`);
  return pid;
}

/** @param {string} text */
function toSeconds(text) {
  const seconds = Number(text);
  if (text === '' || !(seconds >= SHORTEST && seconds <= LONGEST))
    throw new Error(`inspect: --watch takes ${SHORTEST} to ${LONGEST} seconds; got '${text}'`);
  return seconds;
}

/**
 * A number alone is the process; of two, the one behind --watch is its seconds.
 * @param {string[]} args
 * @returns {Options}
 */
function parse(args) {
  const plain = args.filter((arg) => !arg.startsWith('-'));
  const isWatch = (/** @type {string} */ arg) => arg === '--watch' || arg.startsWith('--watch=');
  const unknown = args.find(
    (arg) => arg.startsWith('-') && !isWatch(arg) && arg !== '--json' && arg !== '--check',
  );
  if (unknown !== undefined)
    throw new Error(`inspect: no option '${unknown}'; there are --json, --check and --watch [SECONDS]`);
  /** @type {number | undefined} */
  let seconds;
  const at = args.findLastIndex(isWatch);
  if (at >= 0) {
    const [, given] = args[at].split('=');
    const next = args[at + 1];
    seconds = given === undefined ? USUAL_SECONDS : toSeconds(given);
    if (given === undefined && plain.length > 1 && next !== undefined && !next.startsWith('-')) {
      seconds = toSeconds(next);
      plain.splice(args.slice(0, at).filter((arg) => !arg.startsWith('-')).length, 1);
    }
  }
  if (plain.length === 0) {
    throw new Error(
      `inspect: which process? Write: ${USAGE}. (A program inspects itself by calling inspect(); this command's own process has nothing to tell.)`,
    );
  }
  if (plain.length > 1) throw new Error(`inspect: one process at a time; got ${plain.join(' ')}`);
  return { pid: toPid(plain[0]), json: args.includes('--json'), check: args.includes('--check'), seconds };
}

const isTerminal = () => process.stdout.isTTY === true;

function look() {
  if (!isTerminal()) return {};
  const { NO_COLOR, TERM } = process.env;
  return { columns: process.stdout.columns || 80, colours: !NO_COLOR && TERM !== 'dumb' };
}

/** @param {string[]} lines the terminal's first ones, over what was there */
function redraw(lines) {
  const rows = (process.stdout.rows || 24) - 1;
  const shown =
    lines.length > rows ? [...lines.slice(0, rows - 1), `... ${lines.length - rows + 1} lines more`] : lines;
  process.stdout.write(`\x1b[H${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
}

/** @param {Inspection} inspection @param {Options} options */
function print(inspection, { json, seconds }) {
  if (json) {
    // While it goes on, a line for each look: so that a reader knows where one ends.
    process.stdout.write(`${JSON.stringify(inspection, null, seconds === undefined ? 2 : 0)}\n`);
    return;
  }
  const lines = render(inspection, { ...look(), warningsFirst: seconds !== undefined && isTerminal() });
  if (seconds === undefined) {
    process.stdout.write(`${lines.join('\n')}\n`);
    return;
  }
  const titled = [`${new Date().toISOString()}, every ${seconds} s`, '', ...lines];
  if (isTerminal()) redraw(titled);
  else process.stdout.write(`${titled.join('\n')}\n\n`);
}

/** @param {unknown} error */
const isGone = (error) => error instanceof SignalError && error.errno === os.constants.errno.ESRCH;

/** Until it is told to stop, or the process has ended. @param {Options} options @param {number} seconds */
async function watch(options, seconds) {
  const stop = abortOnSignal(['SIGINT', 'SIGTERM']);
  let warned = show(options);
  try {
    for (;;) {
      await pause(seconds * 1000, undefined, { signal: stop });
      warned = show(options);
    }
  } catch (error) {
    if (stop.aborted) return warned;
    if (!isGone(error)) throw error;
    process.stderr.write(`sigbridge: process ${options.pid} has ended\n`);
    return warned;
  }
}

/** @param {Options} options @returns {boolean} whether there were warnings */
function show(options) {
  const inspection = inspect(options.pid);
  print(inspection, options);
  return inspection.warnings.length > 0;
}

/** @param {string[]} args */
async function run(args) {
  const options = parse(args);
  // The reader has gone (`| head`): nothing is left to be said, or to be done.
  process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? undefined : FAILED));
  try {
    if (options.seconds !== undefined && !options.json && isTerminal()) process.stdout.write('\x1b[2J');
    const warned = options.seconds === undefined ? show(options) : await watch(options, options.seconds);
    if (options.check && warned) process.exitCode = WARNED;
  } catch (error) {
    if (!(error instanceof SignalError)) throw error;
    process.stderr.write(`sigbridge: inspect: ${error.message}\n`);
    process.exitCode = FAILED;
  }
}

module.exports = { parse, run };
