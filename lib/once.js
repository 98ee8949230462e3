// once(): the next delivery as a promise, with a timeout and an AbortSignal. JS thread; built on onSignal alone.
'use strict';

const { SignalError, aborted } = require('./errors');
const { onSignal } = require('./subscription');
const { toAbortSignal, toOptions, toTimeout } = require('./validate');

/** @typedef {import('../binding').SignalInfo} SignalInfo */

/**
 * What onSignal is to decide about.
 * @param {import('../binding').OnceOptions} given
 */
function passedOn({ force, restart, noChildStop, noChildWait }) {
  return { force, restart, noChildStop, noChildWait };
}

/**
 * @param {unknown} signals
 * @param {import('../binding').OnceOptions} [options]
 * @returns {Promise<SignalInfo>}
 */
async function once(signals, options) {
  const given = toOptions(options);
  const signal = toAbortSignal(given.signal);
  const timeout = toTimeout(given.timeout);
  if (signal?.aborted) throw aborted(signal);

  return await new Promise((resolve, reject) => {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      subscription.close();
    };
    // Somebody awaits it: by default the process stays for that.
    const subscription = onSignal(
      signals,
      (/** @type {SignalInfo} */ info) => {
        finish();
        resolve(info);
      },
      { ...passedOn(given), once: true, ref: given.ref ?? true },
    );
    const onAbort = () => {
      finish();
      reject(aborted(/** @type {AbortSignal} */ (signal)));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeout !== undefined) {
      timer = setTimeout(() => {
        const names = subscription.signals.join(', ');
        finish();
        reject(new SignalError('ERR_SIGNAL_TIMEOUT', `no ${names} within ${timeout} ms`));
      }, timeout);
      // Whoever does not want the process to stay for the signal does not want it to stay for the timeout.
      if (given.ref === false) timer.unref();
    }
  });
}

module.exports = { once };
