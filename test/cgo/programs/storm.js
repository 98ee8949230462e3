// A program with Go in it that listens to six signals while goroutines spin: MODE ADDON [with-a-child]. Standard input:
// `probe` (answers `probing`, then `called` when each of the six has reached its listener since), `missing` (which of them
// have not), `finish` (ends, with a child after its 'exit' event).
'use strict';

const { spawn } = require('node:child_process');
const { commands, emit } = require('../../fixtures/lib/report');
const { load } = require('./lib/load');

const SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGUSR2', 'SIGHUP', 'SIGINT', 'SIGALRM', 'SIGUSR1']);
const [mode, file, withChild] = process.argv.slice(2);

const addon = load(mode, file);
let calls = 0;
/** @type {Set<string>} */
let missing = new Set();

for (const name of SIGNALS) {
  process.on(name, () => {
    calls++;
    if (missing.delete(name) && missing.size === 0) emit('called', { calls });
  });
}
const child =
  withChild === 'with-a-child' ? spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] }) : undefined;
addon.spin(8);
// The JS thread is in Go all the time, open to signals.
setInterval(() => addon.work(1000), 1);

commands({
  probe() {
    missing = new Set(SIGNALS);
    emit('probing');
  },
  missing() {
    emit('missing', { names: [...missing] });
  },
  finish() {
    if (child === undefined) process.exit(0);
    child.on('exit', () => process.exit(0));
    child.stdin.end();
  },
});
emit('ready', { pid: process.pid });
