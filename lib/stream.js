// signals(): deliveries as an async iterable with a bounded buffer. JS thread; built on onSignal alone.
'use strict';

const { SignalError, aborted } = require('./errors');
const { onSignal } = require('./subscription');
const { toAbortSignal, toChoice, toFlag, toInt32, toOptions } = require('./validate');

/** @typedef {import('../binding').SignalInfo} SignalInfo */
/** @typedef {{ resolve: (result: IteratorResult<SignalInfo>) => void, reject: (error: unknown) => void }} Waiter */

const CAPACITY = 1024;
const POLICIES = /** @type {const} */ (['coalesce', 'drop-oldest', 'error']);

/** @type {typeof Symbol.asyncDispose} */
const asyncDispose = /** @type {any} */ (Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'));

/** @type {IteratorResult<SignalInfo>} */
const DONE = Object.freeze({ done: true, value: undefined });

/**
 * The newest sender is the one told; overruns of a timer add up, as its expirations do.
 * @param {SignalInfo} earlier
 * @param {SignalInfo} info
 * @returns {SignalInfo}
 */
function merge(earlier, info) {
  const timers = earlier.code === 'SI_TIMER' && info.code === 'SI_TIMER';
  const overrun = timers ? earlier.overrun + info.overrun : info.overrun;
  return { ...info, overrun, count: earlier.count + info.count };
}

class SignalStream {
  /** @type {SignalInfo[]} */
  #buffer = [];
  /** @type {Waiter[]} */
  #waiting = [];
  #capacity;
  #overflow;
  #subscription;
  #dropped = 0;
  /** Why it ended, told once. @type {unknown} */
  #failure;
  /** @type {() => void} */
  #stopListeningForAbort = () => {};

  /**
   * @param {unknown} signals
   * @param {{ capacity: number, overflow: (typeof POLICIES)[number], signal: AbortSignal | undefined, force: boolean }} options
   */
  constructor(signals, { capacity, overflow, signal, force }) {
    this.#capacity = capacity;
    this.#overflow = overflow;
    this.#subscription = onSignal(signals, (/** @type {SignalInfo} */ info) => this.#take(info), { force });
    if (signal !== undefined) {
      const onAbort = () => this.#fail(aborted(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      this.#stopListeningForAbort = () => signal.removeEventListener('abort', onAbort);
    }
  }

  get dropped() {
    return this.#dropped;
  }

  get closed() {
    return this.#subscription.closed;
  }

  /** @param {SignalInfo} info */
  #take(info) {
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) {
      this.#settleReference();
      waiter.resolve({ done: false, value: info });
    } else if (this.#buffer.length < this.#capacity) {
      this.#buffer.push(info);
    } else {
      this.#overflowWith(info);
    }
  }

  /** @param {SignalInfo} info that finds the buffer full */
  #overflowWith(info) {
    if (this.#overflow === 'drop-oldest') {
      this.#dropped += /** @type {SignalInfo} */ (this.#buffer.shift()).count;
      this.#buffer.push(info);
    } else if (this.#overflow === 'error') {
      this.#dropped += info.count;
      const message = `${info.name}: ${this.#capacity} deliveries are waiting to be read, as many as options.capacity allows`;
      this.#fail(new SignalError('ERR_SIGNAL_OVERFLOW', message));
    } else {
      const same = this.#buffer.findLastIndex(({ number }) => number === info.number);
      // One of each signal may stand beyond the capacity: there are not many signals.
      if (same < 0) this.#buffer.push(info);
      else this.#buffer[same] = merge(this.#buffer[same], info);
    }
  }

  // Somebody awaits it: the process stays for that.
  #settleReference() {
    if (this.closed) return;
    if (this.#waiting.length > 0) this.#subscription.ref();
    else this.#subscription.unref();
  }

  #close() {
    this.#stopListeningForAbort();
    this.#subscription.close();
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#close();
    const [first, ...others] = this.#waiting.splice(0);
    if (first === undefined) this.#failure = error;
    else first.reject(error);
    for (const { resolve } of others) resolve(DONE);
  }

  /** @returns {Promise<IteratorResult<SignalInfo>>} */
  async next() {
    const value = this.#buffer.shift();
    if (value !== undefined) return { done: false, value };
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    if (this.closed) return DONE;
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#settleReference();
    });
  }

  /** @returns {Promise<IteratorResult<SignalInfo>>} */
  async return() {
    this.#close();
    this.#buffer = [];
    this.#failure = undefined;
    for (const { resolve } of this.#waiting.splice(0)) resolve(DONE);
    return DONE;
  }

  toReadableStream() {
    return require('./stream-adapters').toReadableStream(this);
  }

  toEventEmitter() {
    return require('./stream-adapters').toEventEmitter(this);
  }

  async [asyncDispose]() {
    await this.return();
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

/**
 * @param {unknown} signals
 * @param {{ capacity?: unknown, overflow?: unknown, signal?: AbortSignal, force?: unknown }} [options]
 */
function signals(signals, options) {
  const { capacity = CAPACITY, overflow = 'coalesce', signal, force } = toOptions(options);
  const checked = {
    capacity: toInt32(capacity, 'options.capacity', 1),
    overflow: POLICIES[toChoice(overflow, 'options.overflow', POLICIES)],
    signal: toAbortSignal(signal),
    force: toFlag(force, 'force'),
  };
  if (checked.signal?.aborted) throw aborted(checked.signal);
  return new SignalStream(signals, checked);
}

module.exports = { signals };
