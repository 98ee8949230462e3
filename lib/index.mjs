// The same API for `import`. Named one by one, so that a bundler and Node see the names without running anything.
import sigbridge from './index.js';

export const {
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
} = sigbridge;
