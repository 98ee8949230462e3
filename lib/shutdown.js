// createShutdown(): a program's orderly end, and the deadline for it that the wait thread keeps. JS thread, the main
// one; built on onSignal, exitBySignal and the native deadline.
'use strict';

const { EventEmitter } = require('node:events');
const os = require('node:os');
const { inspect } = require('node:util');
const { check, native } = require('./binding');
const { isIgnored } = require('./disposition');
const { SignalError, conflict } = require('./errors');
const notification = require('./notify');
const { toBits } = require('./signal-bits');
const { childStep } = require('./shutdown/child');
const { endProcess, reasonOf, takeOverExit, tell } = require('./shutdown/end');
const { BY_SIGNAL, toDuration, toName, toShutdownOptions } = require('./shutdown/options');
const { endingFor, isEcho, list } = require('./shutdown/reasons');
const { adapt } = require('./shutdown/server');
const { Steps } = require('./shutdown/steps');
const { onSignal } = require('./subscription');
const { toFunction, toOptions } = require('./validate');
const { toSignalName } = require('./validate-signal');

/** @typedef {import('../binding').SignalInfo} SignalInfo */
/** @typedef {import('../binding').ShutdownStep} ShutdownStep */
/** @typedef {import('./shutdown/end').Ending} Ending */

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

// The native side takes a silence of five of these for a loop that is stuck (shutdown_deadline.cc).
const BEAT = 50;
// Before the others': what serves requests is still there while they are answered.
const SERVER_PHASE = -1;
// What a service manager is asked for beyond our own deadline: the end itself.
const LEAVING = 1000;
const { SIGHUP } = os.constants.signals;

class Shutdown extends EventEmitter {
  #options;
  #steps;
  /** @type {'running' | 'stopping' | 'stopped' | 'closed'} */
  #state = 'running';
  #controller = new AbortController();
  /** @type {SignalInfo | undefined} */
  #info;
  /** @type {unknown} */
  #reason;
  /** @type {import('./subscription').Subscription | undefined} */
  #subscription;
  /** @type {NodeJS.Timeout | undefined} */
  #heartbeat;
  #onException = (/** @type {unknown} */ error) => this.#fail('uncaught exception', error);
  #onRejection = (/** @type {unknown} */ error) => this.#fail('unhandled rejection', error);

  /** @param {ReturnType<typeof toShutdownOptions>} options */
  constructor(options) {
    super();
    this.#options = options;
    this.#steps = new Steps(
      options.phases,
      (signal) => ({ signal, info: this.#info, reason: this.#reason, remaining: () => this.remaining ?? 0 }),
      (step) => this.#onStep(step),
    );
    // What was ignored when the program began is to stay so: nohup. It is SIGHUP that this is about.
    const signos = options.signos.filter((signo) => signo !== SIGHUP || !isIgnored(signo));
    const { timeout, end, secondSignal, heartbeat } = options;
    const bits = toBits(signos, { mayBeEmpty: true });
    const failure = native().shutdownOpen(timeout, end, secondSignal === 'force', heartbeat, ...bits);
    if (failure?.errno === os.constants.errno.EBUSY) {
      throw conflict('createShutdown: one is open in this process; close() it first');
    }
    check(failure);
    try {
      if (signos.length > 0)
        this.#subscription = onSignal(signos, (/** @type {SignalInfo} */ info) => this.#onInfo(info));
    } catch (error) {
      native().shutdownClose();
      throw error;
    }
    if (options.uncaughtException) process.on('uncaughtException', this.#onException);
    if (options.unhandledRejection) process.on('unhandledRejection', this.#onRejection);
    if (heartbeat > 0) this.#watchLoop(heartbeat);
  }

  get state() {
    return this.#state;
  }

  get ready() {
    return this.#state === 'running';
  }

  get signal() {
    return this.#controller.signal;
  }

  get signals() {
    return this.#subscription?.signals ?? [];
  }

  get remaining() {
    const left = native().shutdownLeft();
    return left < 0 ? null : left;
  }

  /**
   * @param {string} name
   * @param {(context: import('../binding').ShutdownContext) => unknown} fn
   * @param {{ phase?: number | string, timeout?: number }} [options]
   */
  add(name, fn, options) {
    const { phase = 0, timeout } = toOptions(options);
    const checkedName = toName(name, 'name');
    const callback = toFunction(fn, 'fn');
    const limit = timeout === undefined ? undefined : toDuration(timeout, 'options.timeout');
    if (this.#state === 'closed' || this.#state === 'stopped') {
      throw new SignalError('ERR_SIGNAL_CLOSED', `add(): this shutdown is ${this.#state}`);
    }
    this.#steps.add(checkedName, callback, { phase, timeout: limit });
    return this;
  }

  /**
   * @param {unknown} server
   * @param {{ name?: string, phase?: number | string, timeout?: number }} [options]
   */
  server(server, options) {
    const { name = this.#freeName('server'), phase = SERVER_PHASE, timeout } = toOptions(options);
    const adapted = adapt(server);
    return this.add(name, (context) => adapted.stop(context), {
      phase,
      ...(timeout !== undefined && { timeout }),
    });
  }

  /**
   * @param {unknown} child
   * @param {{ name?: string, phase?: number | string, signal?: string | number, timeout?: number }} [options]
   */
  child(child, options) {
    const { name = this.#freeName('child'), phase = 0, signal, timeout } = toOptions(options);
    const step = childStep(
      child,
      signal === undefined ? undefined : toSignalName(signal, 'options.signal'),
      timeout === undefined ? undefined : toDuration(timeout, 'options.timeout'),
    );
    return this.add(name, step, { phase });
  }

  /** @param {string} kind */
  #freeName(kind) {
    for (let count = 1; ; count++) {
      const name = count === 1 ? kind : `${kind} ${count}`;
      if (!this.#steps.has(name)) return name;
    }
  }

  /** @param {unknown} [reason] */
  start(reason) {
    if (this.#state === 'closed')
      throw new SignalError('ERR_SIGNAL_CLOSED', 'start(): this shutdown is closed');
    if (this.#state !== 'running') return;
    const { signo, code } = endingFor(reason, this.#options.end);
    // Out of time it is no success.
    native().shutdownStart(signo, code === undefined ? BY_SIGNAL : code || 1);
    this.#begin(reason, { signo, code });
  }

  close() {
    if (this.#state !== 'running') return;
    this.#state = 'closed';
    clearInterval(this.#heartbeat);
    process.removeListener('uncaughtException', this.#onException);
    process.removeListener('unhandledRejection', this.#onRejection);
    this.#subscription?.close();
    native().shutdownClose();
  }

  [dispose]() {
    this.close();
  }

  /** @param {SignalInfo} info */
  #onInfo(info) {
    const first = this.#info;
    if (first === undefined) {
      this.#info = info;
      if (this.#state === 'running') this.#begin(info, endingFor(info, this.#options.end));
      return;
    }
    if (isEcho(first, info)) return;
    this.#emit('second', info);
    const { secondSignal } = this.#options;
    // 'force' is the native side's.
    if (typeof secondSignal !== 'function') return;
    new Promise((resolve) => {
      resolve(secondSignal(info));
    }).catch((error) => tell(`options.secondSignal failed: ${reasonOf(error)}`));
  }

  /** @param {string} what @param {unknown} error */
  #fail(what, error) {
    tell(`${what}: ${inspect(error)}`);
    if (this.#state === 'running')
      this.start(error instanceof Error ? error : new Error(what, { cause: error }));
  }

  /** @param {unknown} reason @param {Ending} ending */
  #begin(reason, ending) {
    this.#state = 'stopping';
    this.#reason = reason;
    // First of all: a loop that is stuck from here on is stuck in what follows.
    native().shutdownAt('');
    // Also keeps the event loop alive: a step may wait for what does not.
    setInterval(() => native().shutdownBeat(), BEAT);
    takeOverExit(ending, (code) => this.#onExit(code));
    const by = this.#info?.name ?? (reason === undefined ? 'start()' : reasonOf(reason));
    const abort = new SignalError('ERR_SIGNAL_ABORTED', `shutdown by ${by}`, { cause: reason });
    this.#controller.abort(Object.assign(abort, { info: this.#info }));
    this.#tellManager(`shutdown by ${by}`);
    this.#emit('start', { reason, info: this.#info, remaining: this.remaining });
    this.#steps.run().then(() => this.#finish(ending));
  }

  /** It must not be what keeps the shutdown. @param {string} status */
  #tellManager(status) {
    const { notify } = this.#options;
    if (notify === undefined) return;
    try {
      notify.stopping(status);
      notify.extendTimeout((this.remaining ?? 0) + LEAVING);
    } catch (error) {
      notification.warn(error);
    }
  }

  /** @param {Ending} ending */
  #finish(ending) {
    this.#state = 'stopped';
    // What the line would say if the program's output, or a listener, kept the process.
    native().shutdownAt('the output and the listeners of the exit');
    this.#emit('end', { remaining: this.remaining });
    endProcess(ending);
  }

  /** @param {number} code */
  #onExit(code) {
    if (this.#state !== 'stopping') return;
    this.#state = 'stopped';
    const left = this.#steps.waiting.length > 0 ? `; not run: ${list(this.#steps.waiting)}` : '';
    tell(
      `the process exits (code ${code})${this.#steps.running.length > 0 ? ` in ${this.#where()}` : ''}${left}`,
    );
  }

  #where() {
    const { running } = this.#steps;
    return running.length === 0 ? '' : `step${running.length === 1 ? '' : 's'} ${list(running)}`;
  }

  /** @param {ShutdownStep} step */
  #onStep(step) {
    native().shutdownAt(this.#where());
    if (step.state === 'failed') tell(`${list([step.name])} failed: ${reasonOf(step.error)}`);
    if (step.state === 'late') tell(reasonOf(step.error));
    this.#emit('step', step);
  }

  /** @param {number} limit */
  #watchLoop(limit) {
    let last = performance.now();
    const beat = () => {
      native().shutdownBeat();
      const now = performance.now();
      const duration = now - last;
      last = now;
      if (duration > limit) this.#emit('stuck', { duration });
    };
    this.#heartbeat = setInterval(beat, Math.max(limit / 4, 10)).unref();
  }

  /**
   * A listener's failure is told, and is no reason to stop.
   * @param {string} event
   * @param {unknown} data
   */
  #emit(event, data) {
    try {
      this.emit(event, data);
    } catch (error) {
      tell(`a listener of '${event}' failed: ${reasonOf(error)}`);
    }
  }
}

/** @param {import('../binding').ShutdownOptions} [options] */
function createShutdown(options) {
  const checked = toShutdownOptions(options);
  if (!native().isMainThread()) {
    throw new SignalError(
      'ERR_UNSUPPORTED',
      'createShutdown: the process ends by its main thread, not by a Worker',
    );
  }
  return new Shutdown(checked);
}

module.exports = { createShutdown };
