// createHealthReporter(): a report on the process when a signal asks for one; also when JavaScript is stuck, then by the
// wait thread. JS thread. What a report says is in lib/health-report.js, where it goes in lib/health-output.js.
'use strict';

const { EventEmitter } = require('node:events');
const { check, native } = require('./binding');
const { SignalError } = require('./errors');
const { Check } = require('./health-checks');
const { toSettings } = require('./health-options');
const { Output } = require('./health-output');
const { gather, toWords } = require('./health-report');
const { LoopDelay } = require('./loop-delay');
const { onSignal } = require('./subscription');
const { toFlag, toOptions } = require('./validate');

/** @typedef {import('../binding').SignalInfo} SignalInfo */
/** @typedef {import('../binding').HealthReport} HealthReport */
/** @typedef {import('../binding').HealthTrigger} HealthTrigger */

const STDERR = 2;

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/**
 * @param {ReturnType<typeof toSettings>} settings
 * @returns {import('./native').NativeWatch | undefined} undefined: nobody looks after a stuck thread
 */
function watchFor({ signals, target, format, stuckAfter }) {
  if (signals.length === 0 || stuckAfter === 0) return undefined;
  const path = typeof target === 'string' ? require('node:path').resolve(target) : '';
  // A function is JavaScript: where that is stuck, standard error is what is left.
  const fd = typeof target === 'number' ? target : STDERR;
  const uptime = process.uptime() * 1000;
  const watch = native().healthOpen(signals, stuckAfter, format === 'text', uptime, fd, path);
  if ('errno' in watch) throw check(watch, path || String(fd));
  return watch;
}

/**
 * @param {HealthTrigger | undefined} earlier
 * @param {SignalInfo} info
 * @returns {HealthTrigger} the newest sender, and how many there were
 */
function joined(earlier, { name, pid, uid, count }) {
  return { signal: name, pid, uid, count: count + (earlier?.count ?? 0) };
}

class HealthReporter extends EventEmitter {
  #settings;
  #checks;
  #output;
  #loop = new LoopDelay();
  /** @type {import('./native').NativeWatch | undefined} */
  #watch;
  /** @type {import('./subscription').Subscription | undefined} */
  #subscription;
  #closed = false;

  #counts = { reports: 0, coalesced: 0, native: 0, failed: 0 };
  #busy = false;
  /** Came while a report was under way: one more follows. @type {HealthTrigger | undefined} */
  #next;

  /** @param {ReturnType<typeof toSettings>} settings */
  constructor(settings) {
    super();
    this.#settings = settings;
    this.#output = new Output(settings.target, settings.timeout);
    this.#checks = new Map(
      [...settings.checks].map(([name, { run, timeout }]) => [name, new Check(run, timeout)]),
    );
    try {
      // First: a signal that comes right after the subscription is to be watched.
      this.#watch = watchFor(settings);
      if (settings.signals.length > 0) {
        const listener = (/** @type {SignalInfo} */ info) => this.#onSignal(info);
        this.#subscription = onSignal(settings.signals, listener, { ref: settings.ref });
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get closed() {
    return this.#closed;
  }

  get counts() {
    this.#ask();
    return { ...this.#counts };
  }

  /**
   * @param {{ write?: boolean }} [options]
   * @returns {Promise<HealthReport>}
   */
  async report(options) {
    const { write = true } = toOptions(options);
    toFlag(write, 'write');
    if (this.#closed) throw new SignalError('ERR_SIGNAL_CLOSED', 'report(): this health reporter is closed');
    return await this.#make(null, write);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#subscription?.close();
    this.#ask();
    if (this.#watch !== undefined) native().healthClose(this.#watch);
    this.#watch = undefined;
    this.#loop.close();
  }

  [dispose]() {
    this.close();
  }

  /** Takes over what the wait thread has counted; from its point of view JavaScript has heard. */
  #ask() {
    if (this.#watch === undefined) return;
    const [written, failed] = native().healthHeard(this.#watch);
    this.#counts.native += written;
    this.#counts.failed += failed;
  }

  /** @param {SignalInfo} info */
  #onSignal(info) {
    this.#ask();
    this.#next = joined(this.#next, info);
    if (!this.#busy) this.#answer();
  }

  /** One after the other, until nobody asks any more. Never rejected. */
  async #answer() {
    this.#busy = true;
    while (this.#next !== undefined && !this.#closed) {
      const trigger = this.#next;
      this.#next = undefined;
      this.#counts.coalesced += trigger.count - 1;
      try {
        await this.#make(trigger, true);
      } catch (error) {
        this.#tell('could not be made', error);
      }
    }
    this.#busy = false;
  }

  /**
   * @param {HealthTrigger | null} trigger
   * @param {boolean} write
   */
  async #make(trigger, write) {
    const { shutdown, format } = this.#settings;
    const reporter = this.counts;
    this.#counts.reports++;
    const report = await gather({ trigger, checks: this.#checks, loop: this.#loop, shutdown, reporter });
    // Whoever called report() gets it all the same.
    if (!write || this.#closed) return report;
    try {
      await this.#output.write(toWords(report, format), report);
    } catch (error) {
      this.#counts.failed++;
      this.#tell('was not written', error);
    }
    return report;
  }

  /**
   * Not thrown: a report that cannot be had is no reason to end the program.
   * @param {string} what
   * @param {unknown} cause
   */
  #tell(what, cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = Object.assign(new Error(`a health report ${what}: ${reason}`, { cause }), {
      name: 'Warning',
      code: 'SIGBRIDGE_HEALTH',
    });
    if (this.listenerCount('error') > 0) this.emit('error', error);
    else process.emitWarning(error);
  }
}

/** @param {import('../binding').HealthReporterOptions} [options] */
function createHealthReporter(options) {
  return new HealthReporter(toSettings(options));
}

module.exports = { createHealthReporter };
