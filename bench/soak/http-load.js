// A light load of HTTP: a few connections that are kept, each asking again after a pause, so that the server is busy all
// the time and the machine is not.
'use strict';

const http = require('node:http');

/** @param {number} port @param {{ connections: number, pauseMs: number }} how */
function startHttpLoad(port, { connections, pauseMs }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const counts = { answered: 0, failed: 0 };
  let going = true;

  const ask = () =>
    new Promise((resolve) => {
      http
        .get({ port, host: '127.0.0.1', agent }, (response) => {
          response.resume();
          response.on('end', () => {
            if (response.statusCode === 200) counts.answered++;
            else counts.failed++;
            resolve(undefined);
          });
        })
        .on('error', () => {
          if (going) counts.failed++;
          resolve(undefined);
        });
    });
  const loops = Array.from({ length: connections }, async () => {
    while (going) {
      await ask();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
  return {
    counts,
    async stop() {
      going = false;
      await Promise.all(loops);
      agent.destroy();
    },
  };
}

module.exports = { startHttpLoad };
