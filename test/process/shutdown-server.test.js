// Servers at a shutdown, seen by their clients: what is under way is answered, nothing new is taken, what idles is closed.
'use strict';

const http = require('node:http');
const http2 = require('node:http2');
const https = require('node:https');
const net = require('node:net');
const { afterEach, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

const MANY = 50;
const host = '127.0.0.1';

/**
 * @param {typeof http | typeof https} module
 * @param {number} port
 * @param {string} path
 * @param {http.Agent} agent
 * @returns {Promise<{ status: number | undefined, connection: string | undefined, body: string }>}
 */
const get = (module, port, path, agent) =>
  new Promise((resolve, reject) => {
    const request = module.request({ host, port, path, agent, rejectUnauthorized: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, connection: response.headers.connection, body }),
      );
    });
    request.on('error', reject).end();
  });

/** Opens, says it, and tells what came until the end. @param {number} port @param {string} text */
function talk(port, text) {
  const socket = net.connect(port, host, () => socket.write(text));
  open.add(socket);
  let got = '';
  const first = new Promise((resolve) => socket.once('data', resolve));
  socket.setEncoding('utf8').on('data', (more) => {
    got += more;
  });
  const closed = new Promise((resolve) => {
    socket.on('error', () => {}).on('close', () => resolve(got));
  });
  return { first, closed };
}

/** Until nobody listens there any more; what was in the queue of one that just stopped is reset. @param {number} port */
async function refused(port) {
  for (;;) {
    const socket = net.connect(port, host);
    const outcome = await new Promise((resolve) => {
      socket.on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
      socket.on('connect', () => resolve('connected'));
    });
    socket.destroy();
    if (outcome !== 'connected' && outcome !== 'ECONNRESET') return outcome;
  }
}

// A test that fails leaves them, and Jest would wait.
/** @type {Set<{ destroy(): unknown }>} */
const open = new Set();
afterEach(() => {
  for (const one of open) one.destroy();
  open.clear();
});

eachRuntime((runtime) => {
  const isBun12 = runtime.version.startsWith('1.2.');

  /** @param {string} kind */
  async function listening(kind) {
    const fixture = start(runtime, 'shutdown-server.js', { args: [kind] });
    const { port } = await fixture.line('listening');
    return { fixture, port };
  }

  /** @param {import('../helpers/fixture').Fixture} fixture @param {number} count */
  const arrived = (fixture, count) =>
    fixture.line((line) => line.event === 'request' && line.underWay === count);

  test.each(['http', 'https', ...(runtime.kind === 'bun' ? ['bun'] : [])])(
    '%s: 50 requests under way are answered, then it ends by SIGTERM',
    async (kind) => {
      const { fixture, port } = await listening(kind);
      const module = kind === 'https' ? https : http;
      const agent = new module.Agent({ keepAlive: true });
      open.add(agent);
      expect(await get(module, port, '/', agent)).toMatchObject({ body: 'at once' });
      const answers = Array.from({ length: MANY }, () => get(module, port, '/slow', agent));
      await arrived(fixture, MANY);
      const begun = performance.now();
      fixture.send('SIGTERM');
      await fixture.line((line) => line.event === 'step' && line.state === 'running');
      // On the heels of that line, and long before the answers.
      expect(await refused(port)).toBe('ECONNREFUSED');
      expect(performance.now() - begun).toBeLessThan(250);
      for (const { status, connection, body } of await Promise.all(answers)) {
        expect({ status, body }).toEqual({ status: 200, body: 'done' });
        if (kind !== 'bun') expect(connection).toBe('close');
      }
      expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
      expect(performance.now() - begun).toBeLessThan(900);
    },
  );

  test('connections that idle are closed, silent and upgraded ones too; a response that streams is finished', async () => {
    const { fixture, port } = await listening('http');
    const idle = talk(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const upgraded = talk(
      port,
      'GET /up HTTP/1.1\r\nHost: x\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n',
    );
    const silent = talk(port, '');
    await idle.first;
    // Bun 1.2 takes the upgrade, and sends nothing of what is written there.
    if (!isBun12) await upgraded.first;
    const stream = talk(port, 'GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    await stream.first;
    const begun = performance.now();
    fixture.send('SIGTERM');
    if (!isBun12) {
      await Promise.all([idle.closed, upgraded.closed]);
      expect(performance.now() - begun).toBeLessThan(250);
    }
    expect(await stream.closed).toMatch(/first\r\n4\r\ndone\r\n0\r\n\r\n$/);
    // Bun has not seen it (TCP_DEFER_ACCEPT), nor does its client see the end then.
    if (runtime.kind !== 'bun') await silent.closed;
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(performance.now() - begun).toBeLessThan(900);
  });

  test('http2: streams under way are finished, the session closed', async () => {
    const { fixture, port } = await listening('http2');
    const session = http2.connect(`http://${host}:${port}`);
    open.add(session);
    const ended = new Promise((resolve) => session.on('error', () => {}).on('close', resolve));
    const bodies = Array.from({ length: 5 }, () => {
      const stream = session.request({ ':path': '/slow' });
      return new Promise((resolve, reject) => {
        let body = '';
        stream.setEncoding('utf8').on('data', (text) => {
          body += text;
        });
        stream.on('error', reject).on('end', () => resolve(body));
      });
    });
    await arrived(fixture, 5);
    const begun = performance.now();
    fixture.send('SIGTERM');
    expect(await Promise.all(bodies)).toEqual(Array(5).fill('done'));
    await ended;
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(performance.now() - begun).toBeLessThan(isBun12 ? 2500 : 900);
  });

  test('net: each connection is work', async () => {
    const { fixture, port } = await listening('net');
    const { closed } = talk(port, '');
    await arrived(fixture, 1);
    fixture.send('SIGTERM');
    expect(await closed).toBe('done');
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  });

  if (runtime.kind === 'bun') {
    test('Bun.serve: web sockets are told that the server goes away', async () => {
      const { fixture, port } = await listening('bun');
      const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
      const { first, closed } = talk(
        port,
        `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n\r\n`,
      );
      await first;
      fixture.send('SIGTERM');
      const got = await closed;
      if (!isBun12) expect(got).toContain('Server closed');
      expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    });
  }
});
