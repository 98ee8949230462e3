// createReloader(): a configuration that is loaded anew when a signal asks for it, and never replaced by a bad one. JS thread;
// built on onSignal alone. What one attempt does is in lib/reload-attempt.js; here is when, and what is remembered.
'use strict';

const { EventEmitter } = require('node:events');
const { SignalError } = require('./errors');
const { toNotifier, warn: warnOfNotifier } = require('./notify');
const { Attempt } = require('./reload-attempt');
const { onSignal } = require('./subscription');
const { toCount, toFunction, toOptions, toTimeout } = require('./validate');

/** @typedef {import('../binding').SignalInfo} SignalInfo */
/** @typedef {import('../binding').ReloadRecord} ReloadRecord */
/** @typedef {import('../binding').ReloadFailure} ReloadFailure */
/** @typedef {import('./reload-attempt').Steps} Steps */
/** @typedef {{ trigger: string | undefined, signals: number, called: boolean }} Cause */
/** @typedef {{ cause: Cause, promise: Promise<ReloadRecord>, resolve: (record: any) => void, reject: (error: unknown) => void }} Order */

const DEBOUNCE = 100;
const HISTORY = 20;
// A storm without end may put a reload off for so many times the debounce.
const LONGEST_PUT_OFF = 10;

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

const closedError = () => new SignalError('ERR_SIGNAL_CLOSED', 'this reloader is closed');

/** @returns {Order} */
function makeOrder() {
  /** @type {any} */
  const order = { cause: { trigger: undefined, signals: 0, called: false } };
  order.promise = new Promise((resolve, reject) => Object.assign(order, { resolve, reject }));
  // The user of reload() has a promise of it too, and for a signal there is nobody to handle this one.
  order.promise.catch(() => {});
  return order;
}

class Reloader extends EventEmitter {
  /** @type {Steps} */
  #steps;
  #timeout;
  #debounce;
  #capacity;
  #notify;
  #subscription;
  #ref;

  /** @type {unknown} */
  #current;
  #version = 0;
  #consistent = true;
  /** @type {Date | undefined} */
  #appliedAt;
  /** @type {ReloadFailure | undefined} */
  #lastError;
  /** @type {ReloadRecord[]} */
  #history = [];

  /**
   * Signals that no attempt has taken up yet, and when the first of them came.
   * @type {{ trigger: string, signals: number, since: number } | undefined}
   */
  #waiting;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #busy = false;
  /** In progress. @type {Attempt | undefined} */
  #attempt;
  /** What follows it: one, however many ask. @type {Order | undefined} */
  #next;

  /** @param {ReturnType<typeof toSettings>} settings */
  constructor(settings) {
    super();
    this.#steps = settings.steps;
    this.#timeout = settings.timeout;
    this.#debounce = settings.debounce;
    this.#capacity = settings.history;
    this.#notify = settings.notify;
    this.#ref = settings.ref;
    if (settings.initial !== undefined) this.#adopt(settings.initial);
    const { signal, ref, force } = settings;
    this.#subscription = onSignal(signal, (/** @type {SignalInfo} */ info) => this.#onSignal(info), {
      ...(ref !== undefined && { ref }),
      ...(force !== undefined && { force }),
    });
  }

  get current() {
    return this.#current;
  }

  get version() {
    return this.#version;
  }

  get closed() {
    return this.#subscription.closed;
  }

  /** @returns {import('../binding').ReloaderStatus<unknown>} */
  status() {
    return {
      state: this.#state(),
      step: this.#attempt?.step ?? null,
      again: this.#busy && (this.#next ?? this.#waiting) !== undefined,
      version: this.#version,
      current: this.#current,
      appliedAt: this.#appliedAt,
      consistent: this.#consistent,
      lastError: this.#lastError,
      history: [...this.#history],
    };
  }

  #state() {
    if (this.#attempt !== undefined) return 'reloading';
    if (this.closed) return 'closed';
    return this.#waiting === undefined ? 'idle' : 'waiting';
  }

  /** @returns {Promise<ReloadRecord>} */
  async reload() {
    if (this.closed) throw closedError();
    return await this.#request(true);
  }

  close() {
    if (this.closed) return;
    this.#subscription.close();
    this.#takeWaiting();
    this.#attempt?.giveUp(closedError());
    this.#next?.reject(closedError());
    this.#next = undefined;
  }

  [dispose]() {
    this.close();
  }

  /** @param {SignalInfo} info */
  #onSignal({ name, count }) {
    const now = performance.now();
    this.#waiting ??= { trigger: name, signals: 0, since: now };
    this.#waiting.signals += count;
    const last = this.#waiting.since + LONGEST_PUT_OFF * this.#debounce;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#request(false), Math.max(0, Math.min(this.#debounce, last - now)));
    if (!this.#ref) this.#timer.unref();
  }

  #takeWaiting() {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  /**
   * One that has not begun serves everybody who asks before it does: it will load what is there then.
   * @param {boolean} called by reload(), not by a signal
   */
  #request(called) {
    const order = this.#next ?? makeOrder();
    this.#next = order;
    order.cause.called ||= called;
    const waiting = this.#takeWaiting();
    order.cause.trigger ??= waiting?.trigger ?? 'call';
    order.cause.signals += waiting?.signals ?? 0;
    if (!this.#busy) this.#work();
    return order.promise;
  }

  async #work() {
    this.#busy = true;
    while (this.#next !== undefined) {
      const { cause, resolve, reject } = this.#next;
      this.#next = undefined;
      // Loaded after these came.
      cause.signals += this.#takeWaiting()?.signals ?? 0;
      await this.#run(cause).then(resolve, reject);
    }
    this.#busy = false;
  }

  /** @param {Cause} cause @returns {Promise<ReloadRecord>} */
  async #run({ trigger = 'call', signals, called }) {
    const attempt = new Attempt(this.#steps, {
      current: this.#current,
      version: this.#version,
      trigger,
      signals,
      timeout: this.#timeout,
      onStep: (step) => this.#tell('step', { step, version: this.#version + 1 }),
    });
    this.#attempt = attempt;
    const manager = this.#tellManager();
    this.#tell('reloading', { version: this.#version + 1, trigger, signals });
    const { record, config, error } = await attempt.run();
    this.#attempt = undefined;
    if (record === undefined) throw error;

    this.#history.push(record);
    this.#history.splice(0, this.#history.length - this.#capacity);
    this.#lastError = record.error;
    if (record.error === undefined) this.#adopt(config);
    else if (record.rolledBack !== undefined) this.#consistent = record.rolledBack;
    manager(record.error?.message ?? `configuration version ${this.#version}`);
    if (record.error === undefined) {
      this.#tell('reloaded', record);
      return record;
    }
    // Nobody else would hear of it.
    if (!called && this.listenerCount('failed') === 0) warn(record.error);
    this.#tell('failed', record.error, record);
    throw record.error;
  }

  /** @param {unknown} config */
  #adopt(config) {
    this.#current = config;
    this.#version++;
    this.#appliedAt = new Date();
    this.#consistent = true;
  }

  /**
   * RELOADING before, READY after: in between only, and after a failure too, for the service is what it was. Not while the
   * service starts, whose READY is its own to send, nor once it is stopping.
   * @returns {(status: string) => void}
   */
  #tellManager() {
    const notify = this.#notify;
    if (notify?.state !== 'ready') return () => {};
    try {
      notify.reloading();
    } catch (error) {
      warnOfNotifier(error);
    }
    return (status) => {
      if (notify.state !== 'reloading') return;
      try {
        notify.ready(status);
      } catch (error) {
        warnOfNotifier(error);
      }
    };
  }

  /**
   * A listener that throws must not stop the reload in its middle.
   * @param {string} event
   * @param {...unknown} values
   */
  #tell(event, ...values) {
    try {
      this.emit(event, ...values);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** @param {ReloadFailure} cause */
function warn(cause) {
  process.emitWarning(
    Object.assign(new Error(cause.message, { cause }), { name: 'Warning', code: 'SIGBRIDGE_RELOAD' }),
  );
}

/** @param {any} options */
function toSettings(options) {
  const { load, validate, apply, rollback, ...given } = toOptions(options);
  /** @param {unknown} value @param {string} name */
  const optional = (value, name) => (value === undefined ? undefined : toFunction(value, name));
  return {
    steps: {
      load: toFunction(load, 'options.load'),
      validate: optional(validate, 'options.validate'),
      apply: optional(apply, 'options.apply'),
      rollback: optional(rollback, 'options.rollback'),
    },
    signal: given.signal ?? 'SIGHUP',
    debounce: toTimeout(given.debounce, 'options.debounce') ?? DEBOUNCE,
    timeout: toTimeout(given.timeout),
    history: given.history === undefined ? HISTORY : toCount(given.history, 'options.history'),
    notify: toNotifier(given.notify, ['ready', 'reloading']),
    initial: given.initial,
    ref: given.ref,
    force: given.force,
  };
}

/** @param {any} options @returns {any} binding.d.ts has its types */
function createReloader(options) {
  return new Reloader(toSettings(options));
}

module.exports = { createReloader };
