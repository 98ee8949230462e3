// A program without Go that answers as storm.js does, and hears SIGINT badly: SKIPPED calls of its listener do not count
// after each `probe`. `never` for SKIPPED: none counts; `silent`: it does not even answer.
'use strict';

const { commands, emit } = require('../../fixtures/lib/report');

const SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGUSR2', 'SIGHUP', 'SIGINT', 'SIGALRM', 'SIGUSR1']);
const [how] = process.argv.slice(2);
const skipped = how === 'never' ? Number.POSITIVE_INFINITY : Number(how);

let toSkip = 0;
/** @type {Set<string>} */
let missing = new Set();

for (const name of SIGNALS) {
  process.on(name, () => {
    if (name === 'SIGINT' && toSkip-- > 0) return;
    if (missing.delete(name) && missing.size === 0) emit('called');
  });
}

commands({
  probe() {
    if (how === 'silent') return;
    toSkip = skipped;
    missing = new Set(SIGNALS);
    emit('probing');
  },
  missing() {
    emit('missing', { names: [...missing] });
  },
});
emit('ready', { pid: process.pid });
