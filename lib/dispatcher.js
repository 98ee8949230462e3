// This environment's end of the path: starts the native side, decodes batches of records, calls the listeners.
// JS thread. One dispatcher an environment (and a copy of this module).
'use strict';

const { disagreement } = require('./action-flags');
const { check, childrenInheritMask, native } = require('./binding');
const { conflict, errnoName } = require('./errors');
const runtimeListeners = require('./runtime-listeners');

/** @typedef {import('./subscription').Subscription} Subscription */
/** @typedef {import('../binding').SignalInfo} SignalInfo */

// SignalRecord in src/posix/signal_record.h: 40 bytes, read through two views of one buffer.
const INTS = 10;
const BIGS = 5;
// Behind the records of a batch: where wait() leaves its own.
const WAITED = 1024;

/** @type {Int32Array} */
let ints;
/** @type {BigInt64Array} */
let bigs;
/** @type {import('./native').NativeEnvironment | undefined} */
let environment;

// Indexed by signal number. Arrays are replaced, never changed: a listener may open and close in the middle.
/** @type {(readonly Subscription[] | undefined)[]} */
const subscribers = [];
let sequence = 0;
let referenced = 0;
// Raised by one for each batch, so that a subscription opened inside a listener gets nothing of that batch.
let batch = 0;
let dispatching = false;
// Called after each subscription: those of sigbridge/testing.
/** @type {Set<() => void>} */
const observers = new Set();

/** @type {({ delivered: number, discarded: number } | undefined)[]} by signal number */
const outcomes = [];
/** @type {import('../binding').SignalName[]} */
const names = [];
/** @type {Map<number, string>} */
const codeNames = new Map();

/** @type {Set<{ deliver(info: import('../binding').DisplacedInfo): unknown }>} */
const displacedListeners = new Set();

/** @param {number} signo */
function outcomeOf(signo) {
  outcomes[signo] ??= { delivered: 0, discarded: 0 };
  return outcomes[signo];
}

/** @param {number} signo */
function nameOf(signo) {
  names[signo] ??= native().nameOf(signo);
  return names[signo];
}

/**
 * @param {number} signo
 * @param {number} code
 */
function codeNameOf(signo, code) {
  const key = signo * 2 ** 32 + code;
  let name = codeNames.get(key);
  if (name === undefined) {
    name = native().codeName(signo, code);
    codeNames.set(key, name);
  }
  return name;
}

/**
 * @param {number} index of the record in the buffer
 * @param {number} signo
 * @returns {SignalInfo}
 */
function decode(index, signo) {
  const at = index * INTS;
  const code = codeNameOf(signo, ints[at + 1]);
  // One field of the record, as in siginfo_t: no cause has both.
  const isTimer = code === 'SI_TIMER';
  return {
    name: nameOf(signo),
    number: signo,
    code,
    pid: ints[at + 2],
    uid: ints[at + 3] >>> 0,
    // The low half: every platform we run on is little-endian.
    value: ints[at + 4],
    valueBits: BigInt.asUintN(64, bigs[index * BIGS + 2]),
    status: isTimer ? 0 : ints[at + 6],
    overrun: isTimer ? ints[at + 6] : 0,
    count: ints[at + 7],
    sequence: ++sequence,
    timestamp: bigs[index * BIGS + 4],
  };
}

/**
 * Without a closure: once a delivery and listener.
 * @template T
 * @param {{ deliver(info: T): unknown }} target
 * @param {T} info
 */
function call(target, info) {
  try {
    target.deliver(info);
  } catch (error) {
    // Out of this loop, so that neither the next listener nor the next signal pays for it. A microtask's throw
    // reaches uncaughtException in every runtime; a throw from here does not.
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * @param {readonly Subscription[]} listening
 * @param {SignalInfo} info
 */
function tell(listening, info) {
  for (const subscription of listening) {
    if (!subscription.closed) call(subscription, info);
  }
}

/** @param {number} count of records in the buffer */
function onBatch(count) {
  batch++;
  dispatching = true;
  for (let index = 0; index < count; index++) {
    const signo = ints[index * INTS];
    const listening = subscribers[signo]?.filter((subscription) => subscription.openedIn !== batch);
    if (listening === undefined || listening.length === 0) {
      outcomeOf(signo).discarded++;
      continue;
    }
    outcomeOf(signo).delivered++;
    tell(listening, decode(index, signo));
  }
  dispatching = false;
}

/**
 * The way in of sigbridge/testing: at once, past the native side and its counters, to those who stand at this moment.
 * @param {number} signo
 * @param {(sequence: number) => SignalInfo} make
 * @returns {SignalInfo | null} null: there is nobody
 */
function deliver(signo, make) {
  const listening = subscribers[signo];
  if (listening === undefined) return null;
  const info = make(++sequence);
  tell(listening, info);
  return info;
}

/**
 * @param {number} signo
 * @param {number} count
 */
function onOverflow(signo, count) {
  const name = nameOf(signo);
  const warning = Object.assign(
    new Error(
      `${count} ${name} ${count === 1 ? 'delivery was' : 'deliveries were'} dropped: the record ring was full. ` +
        'SIGBRIDGE_RING_CAPACITY sets its size; stats() has the counts.',
    ),
    { name: 'SignalOverflowWarning', code: 'SIGBRIDGE_OVERFLOW', signal: name, dropped: count },
  );
  process.emitWarning(warning);
}

function onDisplaced() {
  const displaced = start().takeDisplaced();
  // Bun's process.on does it when removeAllListeners() has taken our hooks.
  runtimeListeners.restoreHooks();
  for (const { signo, count, byStranger, found } of displaced) {
    const { kind, flags, library, symbol } = found;
    if (!byStranger) continue;
    const info = { signal: nameOf(signo), number: signo, kind, flags, library, symbol, count };
    for (const listener of displacedListeners) call(listener, info);
  }
}

/** Makes the doorbell and the buffer on the first call; no signal is touched yet. */
function start() {
  if (environment !== undefined) return environment;
  const { bun, deno } = process.versions;
  const isMainThread = native().isMainThread();
  const hasLoop = isMainThread && bun === undefined && deno === undefined;
  environment = native().start(onBatch, onOverflow, onDisplaced, isMainThread, childrenInheritMask, hasLoop);
  ints = new Int32Array(environment.buffer);
  bigs = new BigInt64Array(environment.buffer);
  return environment;
}

/** @returns {SignalInfo} what the environment's wait() has just found */
function waited() {
  return decode(WAITED, ints[WAITED * INTS]);
}

/**
 * All of the subscription's signals or none.
 * @param {Subscription} subscription
 * @param {readonly number[]} signos
 * @param {(signo: number) => import('./action-flags').Flags} flagsOf
 */
function add(subscription, signos, flagsOf) {
  if (signos.length === 0) return;
  const { subscribe } = start();
  const fresh = signos.filter((signo) => subscribers[signo] === undefined);
  // While this environment holds a signal nobody can change its flags: what is found here stays true.
  if (fresh.length < signos.length) {
    const other = disagreement(
      signos.filter((signo) => !fresh.includes(signo)),
      flagsOf,
    );
    if (other !== undefined) throw other;
  }
  if (fresh.length > 0) {
    // Deno's handler over ours would end the process by a signal that comes before the wait thread's next look.
    if (native().isMainThread()) for (const signo of fresh) runtimeListeners.letRuntimeGoFirst(signo);
    runtimeListeners.beforeSubscribe(fresh);
    try {
      const failure = subscribe(
        fresh.flatMap((signo) => {
          const { set, asked } = flagsOf(signo);
          return [signo, runtimeListeners.state(signo), set, asked];
        }),
      );
      if (failure !== undefined && errnoName(failure.errno) === 'EBUSY') {
        // Closed since, in another thread: then nothing is there to be named.
        throw disagreement(fresh, flagsOf) ?? conflict('signals: subscribed elsewhere with other flags');
      }
      check(failure);
    } catch (error) {
      runtimeListeners.afterUnsubscribe(fresh);
      throw error;
    }
  }
  subscription.openedIn = dispatching ? batch : -1;
  for (const signo of signos) subscribers[signo] = [...(subscribers[signo] ?? []), subscription];
  for (const observe of observers) observe();
}

/** @param {number} signo */
const isSubscribed = (signo) => subscribers[signo] !== undefined;

/**
 * @param {Subscription} subscription
 * @param {readonly number[]} signos
 */
function remove(subscription, signos) {
  for (const signo of signos) {
    const left = subscribers[signo]?.filter((other) => other !== subscription) ?? [];
    if (left.length > 0) {
      subscribers[signo] = left;
      continue;
    }
    subscribers[signo] = undefined;
    outcomeOf(signo).discarded += start().unsubscribe(signo);
    runtimeListeners.afterUnsubscribe([signo]);
  }
}

/** @param {1 | -1} change in the number of subscriptions that keep the event loop alive */
function reference(change) {
  const before = referenced;
  referenced += change;
  if (before === 0 || referenced === 0) start().setRef(referenced > 0);
}

/** This environment's counters, per signal number; nothing is started for them. */
function counters() {
  const native = environment?.counters() ?? { waiting: 0, longestWait: 0, signals: [] };
  const subscribed = Object.keys(subscribers).filter((signo) => subscribers[Number(signo)] !== undefined);
  return { ...native, sequence, outcomes, subscribed: subscribed.map(Number) };
}

module.exports = {
  add,
  counters,
  deliver,
  displacedListeners,
  isSubscribed,
  nameOf,
  observers,
  reference,
  remove,
  start,
  waited,
};
