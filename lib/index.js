// The public API, gathered. Importing it changes nothing: the native side is loaded by the first call that needs it, and
// what not every program needs by the first use of its name, or by the first call.
'use strict';

// The heart of it is there from the start: in a process that has run out of descriptors nothing can be loaded any more.
const { onSignal } = require('./subscription');

// Written out one by one, so that bundlers see what is required.
/** @type {{ [Name in keyof typeof import('../binding')]?: () => (typeof import('../binding'))[Name] }} */
const loaders = {
  SignalError: () => require('./errors').SignalError,
  Worker: () => require('./worker').Worker,
  abortOnSignal: () => require('./abort').abortOnSignal,
  alarm: () => require('./timers').alarm,
  counter: () => require('./counter').counter,
  createTimer: () => require('./timers').createTimer,
  criticalSection: () => require('./critical-section').criticalSection,
  defaultAction: () => require('./names').defaultAction,
  describeSignal: () => require('./signals').describeSignal,
  disposition: () => require('./disposition').disposition,
  exitBySignal: () => require('./send').exitBySignal,
  exitCode: () => require('./names').exitCode,
  getitimer: () => require('./timers').getitimer,
  guard: () => require('./guard').guard,
  ignore: () => require('./disposition').ignore,
  // For C and C++: #include <sigbridge/masked_thread.h>
  include: () => require('node:path').join(__dirname, '../src/include'),
  isCatchable: () => require('./signals').isCatchable,
  mask: () => require('./mask').mask,
  onDisplaced: () => require('./displaced').onDisplaced,
  onSignal: () => onSignal,
  once: () => require('./once').once,
  openProcess: () => require('./process-handle').openProcess,
  pending: () => require('./mask').pending,
  poll: () => require('./wait').poll,
  queue: () => require('./send').queue,
  queueAsync: () => require('./queue-async').queueAsync,
  raise: () => require('./send').raise,
  reservedSignals: () => require('./signals').reservedSignals,
  restoreDefault: () => require('./disposition').restoreDefault,
  send: () => require('./send').send,
  sendToThread: () => require('./send').sendToThread,
  setitimer: () => require('./timers').setitimer,
  signalFromExitCode: () => require('./names').signalFromExitCode,
  signalGroups: () => require('./names').signalGroups,
  signalName: () => require('./signals').signalName,
  signalNumber: () => require('./signals').signalNumber,
  signals: () => require('./stream').signals,
  stats: () => require('./stats').stats,
  trace: () => require('./trace').trace,
  validSignals: () => require('./signals').validSignals,
  waitFor: () => require('./wait').waitFor,
};

// Large, or with much behind them, and few programs need them: loaded when they are called. `import` takes every name that
// there is, and all of this took it longer than all the rest.
/** @type {Partial<typeof import('../binding')>} */
const functions = {
  createHealthReporter: (...args) => require('./health').createHealthReporter(...args),
  createNotifier: (...args) => require('./notify').createNotifier(...args),
  createReloader: (...args) => require('./reload').createReloader(...args),
  createShutdown: (...args) => require('./shutdown').createShutdown(...args),
  harden: (...args) => require('./harden').harden(...args),
  inspect: (...args) => require('./inspect').inspect(...args),
  loadAddon: (...args) => require('./load-addon').loadAddon(...args),
  reapOrphans: (...args) => require('./orphans').reapOrphans(...args),
};

/** @type {any} */
const api = loaders;

/** @param {string} name @param {() => unknown} load */
function take(name, load) {
  const value = load();
  Object.defineProperty(api, name, { value, writable: true });
  return value;
}

// Turned into what it loads in its place: to build a second object takes twice as long.
for (const [name, load] of Object.entries(loaders)) {
  Object.defineProperty(api, name, { get: () => take(name, load) });
}
Object.assign(api, functions);

module.exports = /** @type {typeof import('../binding')} */ (api);
