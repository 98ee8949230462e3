// Living beside process.on: tells the native side when the runtime has just put its own handler over ours, or has
// taken it away. JS thread; only while something is subscribed.
//
// Node calls sigaction before a newListener hook of ours runs, Bun and Deno after it: so we look at once, and
// again in a microtask. Bun calls no removeListener hook for signals: the wait thread finds that out.
'use strict';

const { native } = require('./binding');
const execWatch = require('./exec-watch');

const UNKNOWN = -1;
const { bun, deno } = process.versions;
const isNode = bun === undefined && deno === undefined;
// A Worker's process.on arms nothing in Node and Bun, and tells nothing about the main thread's listeners.
const isAuthority = () => native().isMainThread();

// Signal numbers this environment watches -> the names process.on knows them by, and how many need it watched: its
// subscriptions together, and each counter.
/** @type {Map<number, { names: string[], users: number }>} */
const watched = new Map();
/** @type {Map<string, number>} */
const numbers = new Map();
// Listeners were added, and the runtime has not installed its handler yet, or we have not looked again since.
/** @type {Set<number>} */
const unsettled = new Set();

/** @param {number} signo */
function namesOf(signo) {
  const { aliases } = native().signalTable();
  return [native().nameOf(signo), ...aliases.filter(([, number]) => number === signo).map(([name]) => name)];
}

/**
 * @param {number} signo
 * @returns {number} listeners the runtime serves: -1 unknown, 0 none, 1 some
 */
function state(signo) {
  if (!isAuthority()) return UNKNOWN;
  return namesOf(signo).some((name) => process.listenerCount(name) > 0) ? 1 : 0;
}

/** @param {string | symbol} event */
function onListenerAdded(event) {
  const signo = typeof event === 'string' ? numbers.get(event) : undefined;
  if (signo === undefined) return;
  native().listenersChanged(signo, true);
  if (isNode) return;
  if (unsettled.size === 0) queueMicrotask(settle);
  unsettled.add(signo);
}

/**
 * process.removeAllListeners() takes our hooks as well. (In Node the runtime's own go the same way, and process.on arms
 * nothing any more.) Node and Deno tell the hook that goes last; Bun tells nobody: there whoever passes by looks.
 */
function restoreHooks() {
  if (
    watched.size === 0 ||
    /** @type {NodeJS.EventEmitter} */ (process).listeners('newListener').includes(onListenerAdded)
  )
    return;
  hook();
  for (const signo of watched.keys()) tellCount(signo);
}

function hook() {
  process.on('newListener', onListenerAdded);
  process.on('removeListener', onListenerRemoved);
}

function unhook() {
  process.removeListener('newListener', onListenerAdded);
  process.removeListener('removeListener', onListenerRemoved);
}

/** The microtask, and whoever cannot wait for it: a synchronous section, a sender. */
function settle() {
  if (bun !== undefined) restoreHooks();
  if (unsettled.size === 0) return;
  const signos = [...unsettled];
  unsettled.clear();
  for (const signo of signos) tellCount(signo);
}

/** @param {string | symbol} event @param {unknown} listener */
function onListenerRemoved(event, listener) {
  // Not now: whoever removes everything has not finished.
  if (listener === onListenerAdded) queueMicrotask(restoreHooks);
  const signo = typeof event === 'string' ? numbers.get(event) : undefined;
  if (signo !== undefined && isAuthority()) tellCount(signo);
}

/** @param {number} signo */
function tellCount(signo) {
  if (!watched.has(signo)) return;
  const live = state(signo);
  if (live !== UNKNOWN) native().listenersChanged(signo, live > 0);
}

const SIGCHLD = 'SIGCHLD';

/** @param {readonly number[]} signos about to be subscribed for the first time in this environment, or counted */
function beforeSubscribe(signos) {
  // Deno is the one where a Worker's process.on arms a handler.
  if (!isAuthority() && deno === undefined) return;
  if (watched.size === 0) {
    hook();
    execWatch.start();
  }
  for (const signo of signos) {
    const known = watched.get(signo);
    if (known !== undefined) {
      known.users++;
      continue;
    }
    const names = namesOf(signo);
    watched.set(signo, { names, users: 1 });
    for (const name of names) numbers.set(name, signo);
    if (names[0] === SIGCHLD) require('./child-watcher').hold();
  }
}

/** @param {readonly number[]} signos no longer subscribed in this environment, or counted by one less */
function afterUnsubscribe(signos) {
  for (const signo of signos) {
    const known = watched.get(signo);
    if (known === undefined || --known.users > 0) continue;
    const { names } = known;
    watched.delete(signo);
    for (const name of names) numbers.delete(name);
    if (names[0] === SIGCHLD) require('./child-watcher').release();
  }
  if (watched.size > 0) return;
  unhook();
  execWatch.stop();
}

const DENOS_OWN = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/**
 * Deno puts handlers of its own over these three in its first second, all at the first process.on of any. Whoever
 * wants to change one for good makes that happen before.
 * @param {number} signo
 */
function letRuntimeGoFirst(signo) {
  const name = native().nameOf(signo);
  if (deno === undefined || !DENOS_OWN.includes(name)) return;
  const nothing = () => {};
  process.on(name, nothing);
  process.removeListener(name, nothing);
}

module.exports = { afterUnsubscribe, beforeSubscribe, letRuntimeGoFirst, restoreHooks, settle, state };
