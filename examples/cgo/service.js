// A service that counts in Go: loaded so that signals cannot kill it, and shut down well. Here it is its own client.
//
//   node service.js ADDON       the addon of ./addon; `npm run demo:cgo` builds build/demo-cgo/addon.node
'use strict';

const http = require('node:http');
const path = require('node:path');
const { createShutdown, guard, loadAddon } = require('../..');

const [file = path.join(__dirname, '../../build/demo-cgo/addon.node')] = process.argv.slice(2);

// Go's threads start with every signal blocked, and handlers are such as Go can bear: harden() is on from here.
const go = /** @type {{ spin(goroutines: number): void, sum(rounds: number): number }} */ (
  loadAddon(path.resolve(file))
);
console.log(`Go runtime: ${guard.lastReport?.go ? 'yes' : 'no'}`);
go.spin(2);

const shutdown = createShutdown({ timeout: 5000 });
const server = http.createServer((request, response) => {
  const rounds = Number(new URL(request.url ?? '', 'http://here').searchParams.get('rounds') ?? 1000);
  // An answer that takes a while: it is given all the same when the signal comes in between.
  setTimeout(() => response.end(String(go.sum(rounds))), 100);
});
shutdown.server(server);
shutdown.on('step', ({ name, state }) => console.log(`${name}: ${state}`));

// The runtime's own listeners live with Go, too.
process.on('SIGHUP', () => console.log('SIGHUP'));

server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  http.get({ port, host: '127.0.0.1', path: '/?rounds=5000' }, (response) => {
    response.on('data', (text) => console.log(`answered: ${text}`));
  });
  setTimeout(() => {
    process.kill(process.pid, 'SIGHUP');
    process.kill(process.pid, 'SIGTERM');
  }, 20);
});
