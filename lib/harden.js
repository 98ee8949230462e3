// harden(): every signal handler in the process is made safe for an interrupted goroutine, those that come later
// included as far as JavaScript can see them come, and later addon loads are guarded. JS thread.
'use strict';

const Module = require('node:module');
const { native } = require('./binding');
const childWatcher = require('./child-watcher');
const { SignalError } = require('./errors');

const { bun, deno } = process.versions;
const isNode = bun === undefined && deno === undefined;

// Handles that have not been undone, in this environment.
let active = 0;
/** @type {(() => void)[]} */
let removers = [];
let hardenedForGo = false;

function repairAgain() {
  native().hardenAgain();
}

/** @param {string | symbol} event */
function onListenerAdded(event) {
  if (typeof event !== 'string' || !event.startsWith('SIG')) return;
  repairAgain();
  // Bun and Deno install their handler after this hook.
  if (!isNode) queueMicrotask(repairAgain);
}

/**
 * Replaces `owner[name]` by what `wrap` makes of it; the remover puts it back unless somebody wrapped ours.
 * @param {any} owner
 * @param {string} name
 */
function guardLoader(owner, name) {
  const original = owner[name];
  if (typeof original !== 'function') return;
  /** @this {unknown} @param {unknown[]} args */
  function guarded(...args) {
    const { guard } = require('./guard');
    return guard(() => Reflect.apply(original, this, args));
  }
  owner[name] = guarded;
  removers.push(() => {
    if (owner[name] === guarded) owner[name] = original;
  });
}

function watch() {
  process.on('newListener', onListenerAdded);
  removers.push(childWatcher.release);
  removers.push(() => process.removeListener('newListener', onListenerAdded));
  // Node and Bun load addons through process.dlopen; Deno only through its extension handler.
  if (deno === undefined) guardLoader(process, 'dlopen');
  else guardLoader(/** @type {any} */ (Module)._extensions, '.node');
}

function unwatch() {
  for (const remove of removers) remove();
  removers = [];
}

function harden() {
  // Go leaves SIGCHLD open on its own threads whatever they inherit, so libuv's handler for it has to be repaired too:
  // it comes with the first spawn and no event tells, so it comes now, before the one pass over all handlers.
  if (active === 0) childWatcher.hold();
  // What no hook of this environment can see needs the wait thread's looks: Deno's own handlers, and from a Worker the
  // main thread's listeners.
  const repaired = native().harden(deno !== undefined || !native().isMainThread());
  if (active++ === 0) watch();
  let undone = false;
  const handle = {
    repaired: repaired.map((signo) => native().nameOf(signo)),
    undo() {
      if (undone) throw new SignalError('ERR_SIGNAL_CLOSED', 'undo(): this harden() was undone already');
      undone = true;
      if (--active === 0) unwatch();
      native().releaseHardening();
    },
  };
  return handle;
}

/** A Go runtime stays for the life of the process, and so does this. Once an environment. */
function hardenForGo() {
  if (hardenedForGo) return;
  hardenedForGo = true;
  harden();
}

module.exports = { harden, hardenForGo };
