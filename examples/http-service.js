// A service that is shut down well: it answers what it has begun, tells its probe, closes its database, and ends by the
// signal within five seconds, whatever happens. Here it is its own client, and sends itself the signal.
'use strict';

const http = require('node:http');
const { createShutdown } = require('../lib/index.js');

const shutdown = createShutdown({ timeout: 5000, heartbeat: 1000, uncaughtException: true });

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const server = http.createServer(async (request, response) => {
  if (request.url === '/ready') {
    response.statusCode = shutdown.ready ? 200 : 503;
    return response.end(shutdown.state);
  }
  // Work that may be cut short: `shutdown.signal` is aborted when the shutdown begins.
  await sleep(200);
  response.end(shutdown.signal.aborted ? 'answered on the way out' : 'answered');
});
const database = { close: () => sleep(50) };

// Phase -1, before all others: while requests are answered the database is there.
shutdown.server(server);
shutdown.add('database', () => database.close(), { timeout: 1000 });
shutdown.add(
  'report',
  ({ info, remaining }) => {
    console.log(
      `${info?.name} from ${info?.pid === process.pid ? 'myself' : info?.pid}, ${Math.round(remaining() / 1000)} s left`,
    );
  },
  { phase: 1 },
);

shutdown.on('step', ({ name, state }) => console.log(`${name}: ${state}`));
shutdown.on('end', () => console.log('all done'));

server.listen(0, '127.0.0.1', async () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`listening on ${port}`);
  http.get({ port, host: '127.0.0.1' }, (response) => {
    response.on('data', (text) => console.log(`client: ${text}, connection: ${response.headers.connection}`));
  });
  await sleep(50);
  process.kill(process.pid, 'SIGTERM');
});
