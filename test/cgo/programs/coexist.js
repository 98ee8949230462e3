// Go's own use of signals beside ours: HOW MODE [...]. MODE is as in lib/load.js, or `no go`.
//   notify MODE ORDER GO-SIGNAL JS-SIGNAL   os/signal.Notify and onSignal; standard input: `reset`, `finish`
//   preempt, profile, panic, panic-here, crash   one call into the addon
//   pipe MODE   writes to standard output on `write`, and says on standard error what became of it
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const { commands, emit } = require('../../fixtures/lib/report');
const { fixture } = require('./lib/native');
const { load } = require('./lib/load');

const [how, mode, order, goSignal, jsSignal] = process.argv.slice(2);
const addon = mode === 'no go' ? require(fixture('loader.node')) : load(mode, fixture('addon.node'));

async function notify() {
  const { disposition, onSignal } = require('../../../lib/index.js');
  const number = os.constants.signals[/** @type {NodeJS.Signals} */ (goSignal)];
  const steps = {
    go: () => addon.notify(number, () => emit('go')),
    js: () => onSignal(jsSignal, ({ name, count }) => emit('js', { name, count })),
  };
  const sequence =
    order === 'go first' ? /** @type {const} */ (['go', 'js']) : /** @type {const} */ (['js', 'go']);
  for (const step of sequence) steps[step]();
  // Go puts its handler over ours, or takes ours away with its own; nobody tells, and it is found out within a moment.
  async function whenOurs() {
    while (!disposition(jsSignal).ours) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await whenOurs();
  setInterval(() => addon.work(1), 1);
  commands({
    reset() {
      addon.stopNotify(number);
      return whenOurs();
    },
    finish: () => process.exit(0),
  });
  emit('ready');
}

function pipe() {
  commands({
    write() {
      let outcome = 'written';
      try {
        for (let i = 0; i < 3; i++) fs.writeSync(1, 'text\n');
      } catch (error) {
        outcome = /** @type {NodeJS.ErrnoException} */ (error).code ?? 'an error without a code';
      }
      fs.writeSync(2, `${outcome}\n`);
      process.stdout.on('error', (error) => {
        fs.writeSync(2, `${/** @type {NodeJS.ErrnoException} */ (error).code}\n`);
        process.exit(5);
      });
      process.stdout.write('text\n');
    },
  });
  fs.writeSync(2, 'ready\n');
}

/** @type {Record<string, () => unknown>} */
const programs = {
  notify,
  pipe,
  preempt: () => emit('preempted', { result: addon.preempt() }),
  profile: () => emit('profiled', { result: addon.profile() }),
  panic: () => addon.panic(0),
  'panic-here': () => addon.panic(1),
  crash() {
    if (mode !== 'no go') addon.work(1);
    addon.crash();
  },
};

programs[how]();
if (how === 'preempt' || how === 'profile') process.exit(0);
