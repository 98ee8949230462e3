// The public API, gathered. Importing it changes nothing: the native side is loaded by the first call that needs it.
'use strict';

const path = require('node:path');
const { disposition, ignore, restoreDefault } = require('./disposition');
const { SignalError } = require('./errors');
const { guard } = require('./guard');
const { harden } = require('./harden');
const { loadAddon } = require('./load-addon');
const { once } = require('./once');
const { exitBySignal, queue, raise, send } = require('./send');
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
const { Worker } = require('./worker');

// For C and C++: #include <sigbridge/masked_thread.h>
const include = path.join(__dirname, '../src/include');

/** @type {typeof import('../binding')} */
const api = {
  SignalError,
  Worker,
  describeSignal,
  disposition,
  exitBySignal,
  guard,
  harden,
  ignore,
  include,
  isCatchable,
  loadAddon,
  onSignal,
  once,
  queue,
  raise,
  reservedSignals,
  restoreDefault,
  send,
  signalName,
  signalNumber,
  stats,
  validSignals,
};

module.exports = api;
