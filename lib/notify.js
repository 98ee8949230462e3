// createNotifier(): tells a service manager (systemd) how the service is, over NOTIFY_SOCKET. JS thread. A socket a message:
// there is nothing to close, and nothing is loaded where nobody listens.
'use strict';

const { check, native } = require('./binding');
const { argumentType, outOfRange } = require('./errors');
const { toProcessId } = require('./send');
const { toFlag, toMicroseconds, toOptions } = require('./validate');

/** @typedef {import('../binding').NotifierState} NotifierState */

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

// A longer one fires at once.
const LONGEST_TIMER = 2 ** 31 - 1;

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];

/**
 * @param {unknown} value
 * @param {string} name of the argument
 * @returns {string}
 */
function toSocket(value, name) {
  if (typeof value !== 'string') throw argumentType(name, 'a string', value);
  if (!/^[/@][^\0]+$/s.test(value)) {
    throw outOfRange(name, "an absolute path, or '@' and an abstract name", value);
  }
  return value;
}

/**
 * One line: a second one would be a field of its own to the manager.
 * @param {unknown} text
 * @param {string} name of the argument
 */
function toLine(text, name) {
  if (typeof text !== 'string') throw argumentType(name, 'a string', text);
  return text.replace(/[\r\n\0]+/g, ' ').trim();
}

/** @returns {number | undefined} ms */
function watchdogInterval() {
  const { WATCHDOG_USEC, WATCHDOG_PID } = process.env;
  // Meant for the process that passed its environment on to this one.
  if (WATCHDOG_PID && Number(WATCHDOG_PID) !== process.pid) return undefined;
  const us = /^\d+$/.test(WATCHDOG_USEC ?? '') ? Number(WATCHDOG_USEC) : 0;
  return us > 0 && Number.isSafeInteger(us) ? us / 1000 : undefined;
}

/** Pets the manager's watchdog from the event loop: a loop that is stuck does not. */
class WatchdogKeeper {
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #notifier;
  // One warning until it works again.
  #failing = false;

  /**
   * @param {Notifier} notifier
   * @param {number | undefined} interval in ms
   */
  constructor(notifier, interval) {
    this.#notifier = notifier;
    if (!notifier.enabled || interval === undefined) return;
    this.#pet();
    // Twice as often as asked for, as systemd recommends.
    const often = Math.min(Math.max(1, Math.floor(interval / 2)), LONGEST_TIMER);
    this.#timer = setInterval(() => this.#pet(), often).unref();
  }

  #pet() {
    try {
      this.#notifier.watchdog();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) warn(error);
      this.#failing = true;
    }
  }

  get active() {
    return this.#timer !== undefined;
  }

  close() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  [dispose]() {
    this.close();
  }
}

/** @param {unknown} cause */
function warn(cause) {
  const message = `the service manager was not told: ${/** @type {Error} */ (cause).message}`;
  process.emitWarning(
    Object.assign(new Error(message, { cause }), { name: 'Warning', code: 'SIGBRIDGE_NOTIFY' }),
  );
}

class Notifier {
  #socket;
  /** @type {NotifierState} */
  #state = 'starting';
  #watchdogInterval;

  /**
   * @param {string | undefined} socket
   * @param {number | undefined} interval of the watchdog, in ms
   */
  constructor(socket, interval) {
    this.#socket = socket;
    this.#watchdogInterval = interval;
  }

  get enabled() {
    return this.#socket !== undefined;
  }

  get state() {
    return this.#state;
  }

  get watchdogInterval() {
    return this.#watchdogInterval;
  }

  /** @param {Record<string, string | number>} fields */
  send(fields) {
    if (typeof fields !== 'object' || fields === null) throw argumentType('fields', 'an object', fields);
    const lines = Object.entries(fields).map(([name, value]) => {
      if (!/^[A-Z][A-Z0-9_]*$/.test(name))
        throw outOfRange('fields', 'named in capitals, digits and _', name);
      return `${name}=${toLine(typeof value === 'number' ? String(value) : value, `fields.${name}`)}`;
    });
    if (lines.length === 0) throw outOfRange('fields', 'one field or more', fields);
    if (this.#socket === undefined) return false;
    check(native().notify(this.#socket, lines.join('\n')), this.#socket);
    return true;
  }

  /**
   * @param {NotifierState} state
   * @param {Record<string, string | number>} fields
   * @param {string | undefined} status
   */
  #enter(state, fields, status) {
    const sent = this.send(status === undefined ? fields : { ...fields, STATUS: toLine(status, 'status') });
    this.#state = state;
    return sent;
  }

  /** @param {string} [status] */
  ready(status) {
    return this.#enter('ready', { READY: 1 }, status);
  }

  /** @param {string} [status] */
  reloading(status) {
    const fields = { RELOADING: 1, MONOTONIC_USEC: this.enabled ? native().monotonicTime() : 0 };
    return this.#enter('reloading', fields, status);
  }

  /** @param {string} [status] */
  stopping(status) {
    return this.#enter('stopping', { STOPPING: 1 }, status);
  }

  /** @param {string} text */
  status(text) {
    return this.send({ STATUS: toLine(text, 'text') });
  }

  /** @param {number} ms */
  extendTimeout(ms) {
    const us = toMicroseconds(ms, 'ms');
    if (us === 0) throw outOfRange('ms', 'more than 0', ms);
    return this.send({ EXTEND_TIMEOUT_USEC: us });
  }

  /** @param {number} pid */
  mainPid(pid) {
    return this.send({ MAINPID: toProcessId(pid, 'pid') });
  }

  watchdog() {
    return this.send({ WATCHDOG: 1 });
  }

  keepWatchdog() {
    return new WatchdogKeeper(this, this.#watchdogInterval);
  }
}

/**
 * @param {{ socket?: unknown, unsetEnvironment?: unknown }} [options]
 */
function createNotifier(options) {
  const { socket, unsetEnvironment } = toOptions(options);
  const unset = toFlag(unsetEnvironment, 'unsetEnvironment');
  const { NOTIFY_SOCKET } = process.env;
  const given = socket ?? (NOTIFY_SOCKET || undefined);
  const name = socket === undefined ? 'NOTIFY_SOCKET' : 'options.socket';
  const notifier = new Notifier(given === undefined ? undefined : toSocket(given, name), watchdogInterval());
  // Children would talk to the manager in this process's name, or wonder why they may not.
  if (unset) for (const variable of VARIABLES) delete process.env[variable];
  return notifier;
}

/**
 * By what it can do: it may come from another copy of the package.
 * @param {unknown} value
 * @param {(keyof Notifier)[]} methods that are called
 * @returns {Notifier | undefined}
 */
function toNotifier(value, methods) {
  if (value === undefined) return undefined;
  if (!methods.every((method) => typeof (/** @type {any} */ (value)?.[method]) === 'function')) {
    throw argumentType('options.notify', 'what createNotifier() returns', value);
  }
  return /** @type {Notifier} */ (value);
}

module.exports = { createNotifier, toNotifier, warn };
