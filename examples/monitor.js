#!/usr/bin/env node
// A live monitor: one line for every signal this process gets, with who sent it and what came along.
//
//   node examples/monitor.js      (or bun)    --show-only ends after the show, for scripts
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const sigbridge = require('..');

const { SignalError, exitBySignal, once, onSignal, queue, send, stats } = sigbridge;

/** @typedef {import('..').SignalInfo} SignalInfo */

// A monitor that outlived the terminal it prints to would be of no use: these end it, after the summary.
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

// Left alone: SIGUSR1 is how one asks a running Node for its inspector, SIGTSTP, SIGTTIN and SIGTTOU are the
// shell's job control, SIGPIPE the runtime ignores so that a write gives an error instead, and the rest is for
// profilers and Go. onSignal() itself refuses the faults and what the runtime keeps for itself.
const LEFT_ALONE = ['SIGUSR1', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGPIPE', 'SIGPROF', 'SIGVTALRM', 'SIGURG'];

function watchedSignals() {
  const others = [...LEFT_ALONE, ...sigbridge.reservedSignals()];
  return sigbridge.validSignals().filter((name) => sigbridge.isCatchable(name) && !others.includes(name));
}

// Not console.log: in Bun that one does not tell when the reader has gone.
/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
/** @type {(code: number) => (text: string) => string} */
const style = (code) => (text) => (coloured && text ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = style(1);
const dim = style(2);
const green = style(32);
const cyan = style(36);

const COLUMNS = [12, 11, 10, 21, 4];

/**
 * @param {string[]} cells
 * @param {((text: string) => string)[]} [paints] one a cell
 */
function row(cells, paints = []) {
  return cells
    .map((cell, i) => (paints[i] ?? String)(cell.padEnd(COLUMNS[i] ?? 0)))
    .join(' ')
    .trimEnd();
}

// -- one line a signal

/** @type {Map<string, string>} */
const lastSender = new Map();

/**
 * Who it was; a sender may well have ended by now.
 * @param {SignalInfo} info
 */
function senderOf({ pid }) {
  if (pid === 0) return 'the kernel';
  if (pid === process.pid) return `${pid} (self)`;
  try {
    const program = fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    // A program may call itself anything, escape sequences included.
    return `${pid} ${program.replace(/[^\x20-\x7e]/g, '?')}`;
  } catch {
    return `${pid} (gone)`;
  }
}

/**
 * What came along: a queued value, a child's end, and how many deliveries this one stands for.
 * @param {SignalInfo} info
 */
function payloadOf({ name, code, value, valueBits, status, count }) {
  const parts = [];
  if (code === 'SI_QUEUE') {
    // sigqueue carries an int or 64 bits, and the receiver cannot tell which was meant.
    parts.push(valueBits >> 32n === 0n ? `value ${value}` : `value 0x${valueBits.toString(16)}`);
  }
  if (name === 'SIGCHLD' && code.startsWith('CLD_')) parts.push(`status ${status}`);
  if (count > 1) parts.push(`x${count}`);
  return parts.join(', ');
}

/** @param {SignalInfo} info */
function show(info) {
  const sender = senderOf(info);
  lastSender.set(info.name, sender);
  const uid = info.pid === 0 ? '-' : String(info.uid);
  const now = new Date();
  const time = `${now.toTimeString().slice(0, 8)}.${String(now.getMilliseconds()).padStart(3, '0')}`;
  const cells = [time, info.name, info.code, sender, uid, payloadOf(info)];
  // The terminal may just have echoed ^C where this line begins.
  if (process.stdout.isTTY && info.pid === 0) process.stdout.write('\r');
  print(row(cells, [dim, green, String, String, String, cyan]));
  if (ENDING.includes(info.name)) {
    summary();
    // Not process.exit(): whoever waits for us is to see the signal itself.
    exitBySignal(info.name);
  }
}

function summary() {
  const widths = [13, 10, 9, 7];
  /** @param {(string | number)[]} cells */
  const line = ([name, ...cells]) => {
    const numbers = cells.slice(0, -1).map((cell, i) => String(cell).padStart(widths[i + 1]));
    return [String(name).padEnd(widths[0]), ...numbers, '', cells.at(-1)].join(' ').trimEnd();
  };
  print(`\n${bold(line(['signal', 'deliveries', 'coalesced', 'dropped', 'last sender']))}`);
  const { signals } = stats();
  for (const [name, { delivered, coalesced, dropped }] of Object.entries(signals)) {
    print(line([name, delivered, coalesced, dropped, lastSender.get(name) ?? '-']));
  }
}

// -- the show

/** @param {string} text */
const announce = (text) => print(`\n${bold(text)}`);

/**
 * Sends, then waits until it has arrived: `once` is armed before `action` runs.
 * @param {import('..').SignalName} name
 * @param {() => void} action
 */
async function arrival(name, action) {
  const arrived = once(name, { timeout: 5000 });
  action();
  await arrived;
}

async function performShow() {
  announce('send(pid, signal): a plain signal, to ourselves');
  await arrival('SIGUSR2', () => send(process.pid, 'SIGUSR2'));

  announce('queue(pid, signal, value): real-time signals carry a value and keep their order');
  await arrival('SIGRTMIN+2', () => {
    queue(process.pid, 'SIGRTMIN+1', 42);
    queue(process.pid, 'SIGRTMIN+2', 0x1_c0ff_ee00n);
  });

  const sent = 30;
  announce(`A child sends SIGUSR2 ${sent} times in a row and exits with 7`);
  let told = 0;
  const counting = onSignal('SIGUSR2', ({ count }) => {
    told += count;
  });
  await arrival('SIGCHLD', () => {
    const script = `i=0; while [ $i -lt ${sent} ]; do kill -USR2 $PPID; i=$((i + 1)); done; exit 7`;
    spawn('/bin/sh', ['-c', script], { stdio: 'ignore' });
  });
  counting.close();
  // The rest was lost before any program could see it: the kernel keeps one of each standard signal waiting.
  print(dim(`${sent} sent, ${told} arrived: the kernel merges standard signals that wait`));
}

async function main() {
  const { pid, versions } = process;
  const runtime = ['bun', 'deno', 'node'].find((name) => name in versions) ?? 'node';
  const watched = watchedSignals();
  print(
    `${bold(`sigbridge monitor, pid ${pid}`)} on ${runtime} ${versions[runtime]}, ${watched.length} signals watched`,
  );
  print(`From another terminal:
  kill -USR2 ${pid}
  /bin/kill -q 42 -USR2 ${pid}    ${dim("with a payload; the shell's own kill has no -q")}
  node -e "require('sigbridge').queue(${pid}, 'SIGRTMIN+3', 42)"

${dim(row(['time', 'signal', 'cause', 'sender', 'uid', 'payload']))}`);

  const monitor = onSignal(watched, show, { ref: true });
  await performShow();
  if (process.argv.includes('--show-only')) {
    summary();
    monitor.close();
    return;
  }
  announce('Your turn. Ctrl-C ends it with a summary.');
}

// `npm start | head`: a reader that has gone is no error of ours.
process.stdout.on('error', () => process.exit());
main().catch((error) => {
  if (!(error instanceof SignalError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
