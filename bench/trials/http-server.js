// A small HTTP server to be loaded: `nothing` else in the process, or ten idle subscriptions of this package's, or ten
// idle listeners of process.on. Prints its port and process id (its main thread runs the event loop); ends with its
// standard input.
'use strict';

const http = require('node:http');

const SIGNALS = /** @type {const} */ ([
  ...['SIGHUP', 'SIGTERM', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'],
  ...['SIGALRM', 'SIGVTALRM', 'SIGIO', 'SIGTTIN', 'SIGTTOU'],
]);
const BODY = Buffer.alloc(64, 'x');

const [way] = process.argv.slice(2);
/** @type {string | undefined} */
let backend;
if (way === 'sigbridge') {
  const { onSignal, stats } = require('../..');
  for (const signal of SIGNALS) onSignal(/** @type {import('../..').SignalName} */ (signal), () => {});
  ({ backend } = stats());
} else if (way === 'process.on') {
  for (const signal of SIGNALS) process.on(/** @type {NodeJS.Signals} */ (signal), () => {});
}

const server = http.createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': String(BODY.length) });
  response.end(BODY);
});
// Each server waits while the others have their turn.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(JSON.stringify({ port, pid: process.pid, backend }));
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
