// The public API, gathered. Importing it changes nothing: the native side is loaded by the first call that needs it.
'use strict';

const path = require('node:path');
const { criticalSection } = require('./critical-section');
const { counter } = require('./counter');
const { disposition, ignore, restoreDefault } = require('./disposition');
const { SignalError } = require('./errors');
const { guard } = require('./guard');
const { harden } = require('./harden');
const { loadAddon } = require('./load-addon');
const { mask, pending } = require('./mask');
const { defaultAction, exitCode, signalFromExitCode, signalGroups } = require('./names');
const { once } = require('./once');
const { openProcess } = require('./process-handle');
const { queueAsync } = require('./queue-async');
const { exitBySignal, queue, raise, send, sendToThread } = require('./send');
const {
  describeSignal,
  isCatchable,
  reservedSignals,
  signalName,
  signalNumber,
  validSignals,
} = require('./signals');
const { stats } = require('./stats');
const { onSignal } = require('./subscription');
const { poll, waitFor } = require('./wait');
const { alarm, createTimer, getitimer, setitimer } = require('./timers');
const { Worker } = require('./worker');

// For C and C++: #include <sigbridge/masked_thread.h>
const include = path.join(__dirname, '../src/include');

/** @type {typeof import('../binding')} */
const api = {
  SignalError,
  Worker,
  alarm,
  counter,
  createTimer,
  criticalSection,
  defaultAction,
  describeSignal,
  disposition,
  exitBySignal,
  exitCode,
  getitimer,
  guard,
  harden,
  ignore,
  include,
  isCatchable,
  loadAddon,
  mask,
  onSignal,
  once,
  openProcess,
  pending,
  poll,
  queue,
  queueAsync,
  raise,
  reservedSignals,
  restoreDefault,
  send,
  sendToThread,
  setitimer,
  signalFromExitCode,
  signalGroups,
  signalName,
  signalNumber,
  stats,
  validSignals,
  waitFor,
};

module.exports = api;
