// openProcess(): a process held by a descriptor, so that no signal can reach another one that got its number later;
// and the promise of its end. JS thread. One native object an environment (and a copy of this module).
'use strict';

const { check, native } = require('./binding');
const { SignalError, systemError } = require('./errors');
const { toProcessId, toSendable } = require('./send');
const { toFlag, toOptions, toValueBits } = require('./validate');

/** @typedef {import('../binding').ProcessEnd} ProcessEnd */
/** @typedef {{ handle: ProcessHandle, ref: boolean, resolve: (end: ProcessEnd) => void, reject: (error: Error) => void }} Watch */

// Node 20 has it; for a runtime without, the property is simply not found by `using`.
/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/** @type {import('./native').NativeProcesses | undefined} */
let started;
// Each keeps its handle from being collected, and closed by that, while somebody awaits the end.
/** @type {Map<number, Watch>} */
const watches = new Map();
let referenced = 0;

function processes() {
  started ??= native().startProcesses(onEnded);
  return started;
}

// Handles that nobody kept and nobody closed: their descriptors go with them.
/** @type {FinalizationRegistry<number>} */
const dropped = new FinalizationRegistry((id) => processes().close(id));

/**
 * @param {number} id
 * @param {Watch} watch
 */
function addWatch(id, watch) {
  watches.set(id, watch);
  if (watch.ref && referenced++ === 0) processes().setRef(true);
}

/** @param {number} id */
function takeWatch(id) {
  const watch = watches.get(id);
  watches.delete(id);
  if (watch?.ref && --referenced === 0) processes().setRef(false);
  return watch;
}

/**
 * The native side's way in.
 * @param {number} id
 * @param {number} known
 * @param {number} code
 * @param {number} signo
 */
function onEnded(id, known, code, signo) {
  const watch = takeWatch(id);
  // Closed while the news was on its way.
  if (watch === undefined) return;
  processes().unwatch(id);
  const { pid } = watch.handle;
  if (known === 0) watch.resolve({ pid, code: undefined, signal: undefined });
  else if (signo === 0) watch.resolve({ pid, code, signal: null });
  else watch.resolve({ pid, code: null, signal: native().nameOf(signo) });
}

class ProcessHandle {
  #id;
  #pid;
  #ref;
  #closed = false;
  /** @type {Promise<ProcessEnd> | undefined} */
  #exited;

  /**
   * @param {number} pid
   * @param {boolean} ref
   */
  constructor(pid, ref) {
    const opened = processes().open(pid);
    if (typeof opened !== 'number') throw systemError(opened, String(pid));
    this.#id = opened;
    this.#pid = pid;
    this.#ref = ref;
    dropped.register(this, opened, this);
  }

  get pid() {
    return this.#pid;
  }

  get closed() {
    return this.#closed;
  }

  /** @param {string | number} signal */
  send(signal) {
    this.#mustBeOpen('send');
    const signo = toSendable(signal);
    check(processes().send(this.#id, signo), `${this.#pid}, ${signo === 0 ? 0 : native().nameOf(signo)}`);
  }

  /**
   * @param {string | number} signal
   * @param {number | bigint} value
   */
  queue(signal, value) {
    this.#mustBeOpen('queue');
    const signo = toSendable(signal);
    const bits = toValueBits(value);
    check(
      processes().queue(this.#id, signo, bits),
      `${this.#pid}, ${signo === 0 ? 0 : native().nameOf(signo)}, ${value}`,
    );
  }

  get exited() {
    this.#exited ??= this.#watch();
    return this.#exited;
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    dropped.unregister(this);
    processes().close(this.#id);
    takeWatch(this.#id)?.reject(this.#closedError('exited'));
  }

  [dispose]() {
    this.close();
  }

  /** @returns {Promise<ProcessEnd>} */
  #watch() {
    if (this.#closed) return Promise.reject(this.#closedError('exited'));
    const failure = processes().watch(this.#id);
    if (failure !== undefined) return Promise.reject(systemError(failure));
    return new Promise((resolve, reject) => {
      addWatch(this.#id, { handle: this, ref: this.#ref, resolve, reject });
    });
  }

  /** @param {string} what */
  #closedError(what) {
    return new SignalError('ERR_SIGNAL_CLOSED', `${what}: this handle of process ${this.#pid} is closed`);
  }

  /** @param {string} method */
  #mustBeOpen(method) {
    if (this.#closed) throw this.#closedError(`${method}()`);
  }
}

/**
 * @param {number} pid
 * @param {{ ref?: boolean }} [options]
 */
function openProcess(pid, options) {
  const { ref } = toOptions(options);
  return new ProcessHandle(toProcessId(pid, 'pid'), ref === undefined || toFlag(ref, 'ref'));
}

module.exports = { openProcess };
