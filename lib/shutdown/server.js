// Servers at a shutdown: no new connection, what is under way is answered, what idles is closed. One adapter a kind of
// server: node:http, https, http2 and net; Bun.serve; Deno.serve. JS thread.
'use strict';

const { argumentType } = require('../errors');

/** @typedef {import('../../binding').ShutdownContext} ShutdownContext */
/** @typedef {import('node:net').Socket} Socket */

// Connections that have nothing under way as far as can be told (half a request, an ended upgrade) may take so long.
const GRACE = 1_000;
const LOOK = 10;

/** @param {number} ms @param {AbortSignal} signal */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(undefined);
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

class NodeServer {
  #server;
  #stopping = false;
  /** @type {Set<Socket>} */
  #sockets = new Set();
  /** Sockets that a request has come by. @type {WeakSet<object>} */
  #used = new WeakSet();
  /** @type {Set<Socket>} */
  #upgraded = new Set();
  /** Responses, and streams of HTTP/2. @type {Set<any>} */
  #underWay = new Set();
  /** @type {Set<any>} */
  #sessions = new Set();
  #onIdle = () => {};

  /** @param {any} server */
  constructor(server) {
    this.#server = server;
    // Of a server that knows no requests each connection is one.
    const isHttp = typeof server.setTimeout === 'function';
    const onSocket = (/** @type {Socket} */ socket) =>
      this.#track(isHttp ? this.#sockets : this.#underWay, socket);
    server.on('connection', onSocket);
    server.on('secureConnection', onSocket);
    server.on('session', (/** @type {any} */ session) => this.#onSession(session));
    // Before the program's own, which may answer at once.
    server.prependListener('request', (/** @type {any} */ request, /** @type {any} */ response) => {
      if (request.httpVersionMajor < 2) this.#onRequest(request, response);
    });
    this.#followUpgrades('upgrade');
    this.#followUpgrades('connect');
  }

  /** @param {Set<any>} set @param {any} one */
  #track(set, one) {
    set.add(one);
    one.once('close', () => {
      set.delete(one);
      if (this.#stopping) this.#onIdle();
    });
  }

  /** @param {any} request @param {any} response */
  #onRequest(request, response) {
    this.#used.add(request.socket);
    this.#track(this.#underWay, response);
    if (this.#stopping) this.#lastOnItsConnection(response);
  }

  /** @param {any} session */
  #onSession(session) {
    this.#track(this.#sessions, session);
    session.on('stream', (/** @type {any} */ stream) => this.#track(this.#underWay, stream));
    if (this.#stopping) session.close();
  }

  // A listener of ours alone would make every upgrade hang: it is there as long as one of the program's is.
  /** @param {'upgrade' | 'connect'} event */
  #followUpgrades(event) {
    const server = this.#server;
    const ours = (/** @type {any} */ _request, /** @type {Socket} */ socket) => {
      this.#track(this.#upgraded, socket);
      if (this.#stopping) socket.end();
    };
    const settle = () => {
      const others = server
        .listeners(event)
        .filter((/** @type {unknown} */ listener) => listener !== ours).length;
      const stands = server.listeners(event).includes(ours);
      if (others > 0 && !stands) server.prependListener(event, ours);
      if (others === 0 && stands) server.removeListener(event, ours);
    };
    settle();
    server.on('newListener', (/** @type {unknown} */ name, /** @type {unknown} */ listener) => {
      // It is not there yet.
      if (name === event && listener !== ours) process.nextTick(settle);
    });
    server.on('removeListener', (/** @type {unknown} */ name) => {
      if (name === event) settle();
    });
  }

  /** @param {any} one a response of HTTP/1, or what has no such header */
  #lastOnItsConnection(one) {
    if (one.headersSent === false && 'setHeader' in one) one.setHeader('Connection', 'close');
  }

  /** @param {ShutdownContext} context */
  async stop({ signal }) {
    this.#stopping = true;
    let closed = false;
    const whenClosed = new Promise((resolve) => {
      // Not listening (any more): an error, and no reason to wait.
      this.#server.close(() => {
        closed = true;
        resolve(undefined);
      });
    });
    for (const one of this.#underWay) this.#lastOnItsConnection(one);
    for (const session of this.#sessions) session.close();
    for (const socket of this.#upgraded) socket.end();
    this.#closeIdle();
    signal.addEventListener('abort', () => this.#onIdle());
    while (!closed && this.#underWay.size > 0 && !signal.aborted) {
      await new Promise((resolve) => {
        this.#onIdle = () => resolve(undefined);
      });
      this.#closeIdle();
    }
    // A response whose headers had gone out before is followed by nothing: its connection idles a turn later.
    await pause(0, signal);
    this.#closeIdle();
    if (!closed) await Promise.race([whenClosed, pause(GRACE, signal)]);
    if (closed) return;
    this.#server.closeAllConnections?.();
    for (const session of this.#sessions) session.destroy();
    for (const one of [...this.#sockets, ...this.#upgraded, ...this.#underWay]) one.destroy();
  }

  #closeIdle() {
    this.#server.closeIdleConnections?.();
    // Of HTTP/2 the session decides; its socket is not the one that we know (Bun's says that it has read nothing).
    if (typeof this.#server.updateSettings === 'function') return;
    // Node 20 calls a connection that has never said a word active.
    for (const socket of this.#sockets) {
      if (socket.bytesRead === 0 && !this.#used.has(socket)) socket.destroy();
    }
  }
}

class BunServer {
  #server;

  /** @param {any} server */
  constructor(server) {
    this.#server = server;
  }

  /** @param {ShutdownContext} context */
  async stop({ signal }) {
    const server = this.#server;
    let stopped = false;
    // It waits for web sockets too, however long they last.
    Promise.resolve(server.stop(false)).then(() => {
      stopped = true;
    });
    while (!stopped && server.pendingRequests > 0 && !signal.aborted) await pause(LOOK, signal);
    // Those are told that the server goes away (1001); Bun 1.2 keeps idle connections open until now.
    server.stop(true);
  }
}

class DenoServer {
  #server;

  /** @param {any} server */
  constructor(server) {
    this.#server = server;
  }

  async stop() {
    await this.#server.shutdown();
  }
}

/**
 * @param {any} server
 * @returns {{ stop(context: ShutdownContext): Promise<void> }}
 */
function adapt(server) {
  const has = (/** @type {string} */ name) => typeof server?.[name] === 'function';
  if (has('stop') && 'pendingRequests' in server) return new BunServer(server);
  if (has('shutdown') && 'finished' in server) return new DenoServer(server);
  if (has('close') && has('prependListener')) return new NodeServer(server);
  throw argumentType(
    'server',
    'a server of node:http, https, http2 or net, of Bun.serve or Deno.serve',
    server,
  );
}

module.exports = { adapt };
