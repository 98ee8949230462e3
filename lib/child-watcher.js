// libuv takes SIGCHLD at the first spawn and lets go of it when the last child has ended, and no hook tells. While a
// listener is there it has no reason for either: whoever needs its handler to stay put holds it here. Node's main thread;
// in other runtimes and in Workers there is nothing to hold.
'use strict';

const { native } = require('./binding');

const { bun, deno } = process.versions;
const isNode = bun === undefined && deno === undefined;
const needed = () => isNode && native().isMainThread();
let holders = 0;

function nothing() {}

function hold() {
  if (needed() && holders++ === 0) process.on('SIGCHLD', nothing);
}

function release() {
  if (needed() && --holders === 0) process.removeListener('SIGCHLD', nothing);
}

module.exports = { hold, release };
