// What a change of the calling thread's signal mask costs, from JavaScript and in C.
'use strict';

const path = require('node:path');
const { run } = require('../lib/child');
const { trials } = require('../lib/contenders');
const { compile } = require('../lib/native');

/** @type {import('../lib/types').Measure} */
module.exports = {
  name: 'mask',
  title: 'Masks',
  tasks: [
    {
      name: 'mask',
      title: 'One signal blocked and opened again',
      columns: [
        { key: 'pairUs', title: 'push and pop, us' },
        { key: 'sectionUs', title: 'empty critical section, us' },
      ],
      entrants: ({ field }) => [
        ...field.filter(({ way }) => way === 'sigbridge'),
        { id: 'c mask', name: 'C pthread_sigmask, twice', way: 'c' },
      ],
      async run({ id }, { runtimes, size }) {
        if (id === 'c mask') {
          const [outcome] = await run([compile('mask'), String(size.maskCalls)]);
          return { outcome };
        }
        const { command } = runtimes.find(({ kind }) => id.startsWith(kind)) ?? { command: [] };
        const [said] = await run([...command, path.join(trials, 'mask.js'), String(size.maskCalls)]);
        const { backend, ...outcome } = said;
        return { outcome, backend };
      },
    },
  ],
};
