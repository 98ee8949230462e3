// abortOnSignal(): an AbortSignal that the first delivery aborts. JS thread; built on onSignal alone.
'use strict';

const { SignalError } = require('./errors');
const { onSignal } = require('./subscription');
const { toOptions } = require('./validate');

/**
 * @param {unknown} signals
 * @param {{ ref?: boolean, force?: boolean }} [options]
 * @returns {AbortSignal}
 */
function abortOnSignal(signals, options) {
  const { ref, force } = toOptions(options);
  const controller = new AbortController();
  onSignal(
    signals,
    (/** @type {import('../binding').SignalInfo} */ info) => {
      const reason = new SignalError('ERR_SIGNAL_ABORTED', `aborted by ${info.name}`);
      controller.abort(Object.assign(reason, { info }));
    },
    { once: true, ...(ref !== undefined && { ref }), ...(force !== undefined && { force }) },
  );
  return controller.signal;
}

module.exports = { abortOnSignal };
