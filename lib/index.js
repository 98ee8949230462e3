// The public API, gathered. Importing it changes nothing: the native side is loaded by the first call that needs it, and
// what not every program needs by the first use of its name.
'use strict';

const path = require('node:path');
// The heart of it is there from the start: in a process that has run out of descriptors nothing can be loaded any more.
const { onSignal } = require('./subscription');

// Written out one by one, so that bundlers see what is required.
/** @type {{ [Name in keyof typeof import('../binding')]: () => (typeof import('../binding'))[Name] }} */
const loaders = {
  SignalError: () => require('./errors').SignalError,
  Worker: () => require('./worker').Worker,
  abortOnSignal: () => require('./abort').abortOnSignal,
  alarm: () => require('./timers').alarm,
  counter: () => require('./counter').counter,
  createHealthReporter: () => require('./health').createHealthReporter,
  createNotifier: () => require('./notify').createNotifier,
  createReloader: () => require('./reload').createReloader,
  createShutdown: () => require('./shutdown').createShutdown,
  createTimer: () => require('./timers').createTimer,
  criticalSection: () => require('./critical-section').criticalSection,
  defaultAction: () => require('./names').defaultAction,
  describeSignal: () => require('./signals').describeSignal,
  disposition: () => require('./disposition').disposition,
  exitBySignal: () => require('./send').exitBySignal,
  exitCode: () => require('./names').exitCode,
  getitimer: () => require('./timers').getitimer,
  guard: () => require('./guard').guard,
  harden: () => require('./harden').harden,
  ignore: () => require('./disposition').ignore,
  // For C and C++: #include <sigbridge/masked_thread.h>
  include: () => path.join(__dirname, '../src/include'),
  inspect: () => require('./inspect').inspect,
  isCatchable: () => require('./signals').isCatchable,
  loadAddon: () => require('./load-addon').loadAddon,
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
  reapOrphans: () => require('./orphans').reapOrphans,
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

/** @type {Partial<typeof import('../binding')>} */
const api = {};
for (const [name, load] of Object.entries(loaders)) {
  Object.defineProperty(api, name, {
    enumerable: true,
    configurable: true,
    get() {
      const value = load();
      Object.defineProperty(api, name, { value, enumerable: true, configurable: true, writable: true });
      return value;
    },
  });
}

module.exports = /** @type {typeof import('../binding')} */ (api);
