// An npm registry of one package, for those that install from nothing else. Jest side only.
'use strict';

const { createHash } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');

const manifest = require('../../package.json');

/**
 * @param {string} tarball
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
async function serveRegistry(tarball) {
  const content = fs.readFileSync(tarball);
  const { name, version, main, exports, type, engines, bin } = manifest;
  const server = http.createServer((request, response) => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}/`;
    if (request.url === '/package.tgz') {
      response.end(content);
    } else if (request.url === `/${name}`) {
      const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
      const dist = { tarball: `${url}package.tgz`, integrity };
      const published = { name, version, main, exports, type, engines, bin, dist };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: published } }),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}/`, close };
}

module.exports = { serveRegistry };
