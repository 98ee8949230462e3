// A program that takes this process over (process.execve) inherits the mask of the thread that calls it. Node says on a
// diagnostics channel that it is about to: what we block goes then. JS thread; in other runtimes we block nothing on it,
// and in Workers the call is refused.
'use strict';

const { native } = require('./binding');

const CHANNEL = 'process.execve';
const { bun, deno } = process.versions;
const isNode = bun === undefined && deno === undefined;
const needed = () =>
  isNode && typeof Reflect.get(process, 'execve') === 'function' && native().isMainThread();
const open = () => native().maskForExec();

function start() {
  if (needed()) require('node:diagnostics_channel').subscribe(CHANNEL, open);
}

function stop() {
  if (needed()) require('node:diagnostics_channel').unsubscribe(CHANNEL, open);
}

module.exports = { start, stop };
