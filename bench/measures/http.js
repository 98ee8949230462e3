// What ten idle subscriptions cost an event loop that is busy with HTTP. Four servers of one runtime stand side by
// side and take turns under one load generator; the ratio between them is what counts. Two of them are alike: how far
// their ratio is from 1 is what this machine can tell apart.
'use strict';

const path = require('node:path');
const { run, start } = require('../lib/child');
const { trials } = require('../lib/contenders');
const { compile } = require('../lib/native');
const { median } = require('../lib/statistics');

const WAYS = ['nothing', 'sigbridge', 'process.on', 'control'];
const CONNECTIONS = 16;
// Each; four of them are longer than the five seconds in which the wait thread looks after a new subscription more often.
const WARM_MS = 2000;

/** Slice by slice, which are neighbours in time. @param {number[]} mine @param {number[]} theirs */
const ratioOf = (mine, theirs) => median(mine.map((rate, i) => rate / theirs[i]));

/** @type {import('../lib/types').Measure} */
module.exports = {
  name: 'http',
  title: 'A busy event loop',
  tasks: [
    {
      name: 'http',
      title: 'HTTP requests a second, node:http, keep-alive on the loopback',
      columns: [
        { key: 'nothing', title: 'requests/s without' },
        { key: 'sigbridge', title: 'with 10 of sigbridge' },
        { key: 'process.on', title: 'with 10 of process.on' },
        { key: 'ratio', title: 'sigbridge / without' },
        { key: 'builtInRatio', title: 'process.on / without' },
        { key: 'controlRatio', title: 'without / without (noise)' },
      ],
      entrants: ({ runtimes }) => runtimes.map(({ kind, name }) => ({ id: kind, name, way: 'sigbridge' })),
      async run({ id }, { runtimes, size, round }) {
        const { command } = runtimes.find(({ kind }) => kind === id) ?? { command: [] };
        const servers = [];
        try {
          // The first to be started and warmed may have it better, so each comes first in its turn.
          const order = WAYS.map((_way, i) => WAYS[(i + round) % WAYS.length]);
          for (const way of order) {
            servers.push(await start([...command, path.join(trials, 'http-server.js'), way]));
          }
          const times = [CONNECTIONS, WARM_MS, size.httpSliceMs, size.httpSlices].map(String);
          const ports = servers.map(({ said }) => `${said.port}:${said.pid}`);
          const [measured] = await run([compile('http_load'), ...times, ...ports]);
          /** @param {string} way @returns {number[]} requests/s of each slice */
          const rates = (way) => measured[order.indexOf(way)];
          const outcome = {
            ...Object.fromEntries(WAYS.map((way) => [way, median(rates(way))])),
            ratio: ratioOf(rates('sigbridge'), rates('nothing')),
            builtInRatio: ratioOf(rates('process.on'), rates('nothing')),
            controlRatio: ratioOf(rates('control'), rates('nothing')),
          };
          return { outcome, backend: servers[order.indexOf('sigbridge')].said.backend };
        } finally {
          for (const { end } of servers) await end();
        }
      },
    },
  ],
};
