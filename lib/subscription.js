// onSignal and the Subscription it returns: a listener, its signals, its life. JS thread.
'use strict';

const { toActionFlags } = require('./action-flags');
const dispatcher = require('./dispatcher');
const { SignalError, aborted } = require('./errors');
const { toAbortSignal, toFlag, toFunction, toOptions } = require('./validate');
const { toCatchableSignals } = require('./validate-signal');

/** @typedef {import('../binding').SignalInfo} SignalInfo */

// Node 20 has it; for a runtime without, the property is simply not found by `using`.
/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

class Subscription {
  /** @type {readonly number[]} */
  #signos;
  #listener;
  #once;
  #closed = false;
  #referenced = false;
  /** @type {(() => void) | undefined} */
  #stopListeningForAbort;

  // The batch this subscription was opened in, -1 outside of any. The dispatcher's business.
  openedIn = -1;

  /**
   * @param {readonly number[]} signos
   * @param {(info: SignalInfo) => unknown} listener
   * @param {{ once: boolean, ref: boolean, signal: AbortSignal | undefined,
   *   flagsOf: (signo: number) => import('./action-flags').Flags }} options
   */
  constructor(signos, listener, { once, ref, signal, flagsOf }) {
    this.#signos = signos;
    this.#listener = listener;
    this.#once = once;
    Object.defineProperty(this, 'openedIn', { enumerable: false });
    dispatcher.add(this, signos, flagsOf);
    if (ref) this.ref();
    if (signal !== undefined) {
      const onAbort = () => this.close();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#stopListeningForAbort = () => signal.removeEventListener('abort', onAbort);
    }
  }

  get signals() {
    return this.#signos.map(dispatcher.nameOf);
  }

  get closed() {
    return this.#closed;
  }

  /**
   * The dispatcher's way in.
   * @param {SignalInfo} info
   */
  deliver(info) {
    if (this.#once) this.close();
    const listener = this.#listener;
    listener(info);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListeningForAbort?.();
    this.#unreference();
    dispatcher.remove(this, this.#signos);
  }

  ref() {
    this.#mustBeOpen('ref');
    if (!this.#referenced) {
      this.#referenced = true;
      dispatcher.reference(1);
    }
    return this;
  }

  unref() {
    this.#mustBeOpen('unref');
    this.#unreference();
    return this;
  }

  [dispose]() {
    this.close();
  }

  #unreference() {
    if (!this.#referenced) return;
    this.#referenced = false;
    dispatcher.reference(-1);
  }

  /** @param {string} method */
  #mustBeOpen(method) {
    if (this.#closed) throw new SignalError('ERR_SIGNAL_CLOSED', `${method}(): this subscription is closed`);
  }
}

/**
 * @param {unknown} signals
 * @param {unknown} listener
 * @param {import('../binding').SubscribeOptions} [options]
 */
function onSignal(signals, listener, options) {
  const given = toOptions(options);
  const once = toFlag(given.once, 'once');
  const ref = toFlag(given.ref, 'ref');
  const signal = toAbortSignal(given.signal);
  const respectIgnored = toFlag(given.respectIgnored, 'respectIgnored');
  const signos = toCatchableSignals(signals, toFlag(given.force, 'force'));
  const flagsOf = toActionFlags(given, signos);
  const callback = toFunction(listener, 'listener');
  if (signal?.aborted) throw aborted(signal);
  // Not above: native() loads it, and a file costs a third of a millisecond.
  const isIgnored = (/** @type {number} */ signo) => require('./disposition').isIgnored(signo);
  const taken = respectIgnored ? signos.filter((signo) => !isIgnored(signo)) : signos;
  // One literal: copies of it, once a subscription, made V8 let its young generation grow fourfold.
  return new Subscription(taken, callback, { once, ref, signal, flagsOf });
}

module.exports = { Subscription, onSignal };
