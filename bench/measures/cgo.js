// What guard() and harden() cost: the first call of each in a fresh process, and a Go addon's load and first call with
// and without guard. A trial is several processes one after the other; the median counts.
'use strict';

const path = require('node:path');
const { run } = require('../lib/child');
const { trials } = require('../lib/contenders');
const { compileGoAddon } = require('../lib/native');
const { median } = require('../lib/statistics');

/** @type {Record<string, string>} */
const TITLES = {
  guard: 'guard(() => {}), first call',
  harden: 'harden(), first call',
  listener: "of it, process.on('SIGCHLD'), first listener",
  again: 'harden(), after undo()',
  bare: 'require(Go addon).sum(1)',
  guarded: 'the same under guard()',
};

/** @param {string} id */
const needsGo = (id) => id === 'bare' || id === 'guarded';

/** @type {import('../lib/types').Measure} */
module.exports = {
  name: 'cgo',
  title: 'Protection from Go',
  tasks: [
    {
      name: 'cgo',
      title: 'Calls that happen once a process, in this Node',
      columns: [{ key: 'us', title: 'us' }],
      entrants({ field }) {
        const hasGo = field.some(({ way }) => way === 'os/signal');
        return Object.entries(TITLES)
          .filter(([id]) => hasGo || !needsGo(id))
          .map(([id, name]) => ({ id, name, way: 'sigbridge' }));
      },
      async run({ id }, { size }) {
        const addon = needsGo(id) ? compileGoAddon() : '';
        const command = [process.execPath, path.join(trials, 'protection.js'), id, addon];
        const all = [];
        for (let i = 0; i < size.processes; i++) all.push((await run(command))[0]);
        return { outcome: { us: median(all.map(({ us }) => us)) }, backend: all[0].backend };
      },
    },
  ],
};
