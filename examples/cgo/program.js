// The program of the demo: a Go addon and six process.on listeners, as any service might have them.
//
//   node program.js MODE ADDON       MODE: none, loadAddon, harden
'use strict';

const [mode, file] = process.argv.slice(2);

function load() {
  if (mode === 'loadAddon') return require('../..').loadAddon(file);
  if (mode === 'harden') require('../..').harden();
  return require(file);
}

const addon = load();
let told = 0;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGALRM', 'SIGWINCH']) {
  process.on(signal, () => {
    told++;
  });
}
addon.spin(8);
setInterval(() => addon.sum(1000), 1);
process.stdin.on('data', () => {
  process.stdout.write(`${told}\n`, () => process.exit(0));
});
process.stdout.write('ready\n');
