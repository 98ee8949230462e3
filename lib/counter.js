// counter(): deliveries counted in shared memory by the wait thread, for code that does not return to the event loop.
// JS thread; nothing of a counter comes through the dispatcher.
'use strict';

const { UNSAID } = require('./action-flags');
const { check } = require('./binding');
const dispatcher = require('./dispatcher');
const { aborted } = require('./errors');
const runtimeListeners = require('./runtime-listeners');
const { toAbortSignal, toFlag, toOptions } = require('./validate');
const { toCatchableSignals } = require('./validate-signal');

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/**
 * @param {Int32Array} cells
 * @param {readonly number[]} signos one a cell
 */
function open(cells, signos) {
  const environment = dispatcher.start();
  runtimeListeners.beforeSubscribe(signos);
  try {
    const wanted = signos.flatMap((signo) => [
      signo,
      runtimeListeners.state(signo),
      UNSAID.set,
      UNSAID.asked,
    ]);
    const opened = environment.openCounter(wanted, cells);
    if (typeof opened === 'object') throw check(opened);
    return () => {
      environment.closeCounter(opened);
      runtimeListeners.afterUnsubscribe(signos);
    };
  } catch (error) {
    runtimeListeners.afterUnsubscribe(signos);
    throw error;
  }
}

/**
 * @param {unknown} signals
 * @param {{ signal?: AbortSignal, force?: boolean }} [options]
 * @returns {import('../binding').Counter}
 */
function counter(signals, options) {
  const given = toOptions(options);
  const abort = toAbortSignal(given.signal);
  const signos = toCatchableSignals(signals, toFlag(given.force, 'force'));
  if (abort?.aborted) throw aborted(abort);

  const cells = new Int32Array(new SharedArrayBuffer(signos.length * Int32Array.BYTES_PER_ELEMENT));
  /** @type {(() => void) | undefined} */
  let end = open(cells, signos);
  const close = () => {
    abort?.removeEventListener('abort', close);
    end?.();
    end = undefined;
  };
  abort?.addEventListener('abort', close, { once: true });
  // Not enumerable: whoever looks over the array finds its cells alone.
  Object.defineProperties(cells, {
    close: { value: close },
    closed: { get: () => end === undefined },
    signals: { get: () => signos.map(dispatcher.nameOf) },
    [dispose]: { value: close },
  });
  return /** @type {import('../binding').Counter} */ (cells);
}

module.exports = { counter };
