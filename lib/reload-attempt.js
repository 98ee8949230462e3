// One attempt of a reloader: load, validate, apply, and rollback where apply has failed. JS thread. It knows nothing of signals,
// and keeps nothing for the next one.
'use strict';

const { SignalError, show } = require('./errors');

/** @typedef {import('../binding').ReloadRecord} ReloadRecord */
/** @typedef {import('../binding').ReloadStep} ReloadStep */
/** @typedef {(...args: any[]) => any} Step */
/** @typedef {{ load: Step, validate?: Step, apply?: Step, rollback?: Step }} Steps */
/**
 * @typedef {object} Given
 * @property {unknown} current
 * @property {number} version of `current`; 0: there is none
 * @property {string} trigger
 * @property {number} signals
 * @property {number | undefined} timeout of each step, in ms
 * @property {(step: ReloadStep) => void} onStep
 */

/** @param {unknown} error anything may be thrown */
const messageOf = (error) => (error instanceof Error ? error.message : show(error));

class Attempt {
  #steps;
  #given;
  /** @type {ReloadStep} */
  #step = 'load';
  /** Ends the step that runs. @type {((reason: Error) => void) | undefined} */
  #interrupt;
  /** Why it is to end before it has changed anything. @type {Error | undefined} */
  #givenUp;

  /**
   * @param {Steps} steps
   * @param {Given} given
   */
  constructor(steps, given) {
    this.#steps = steps;
    this.#given = given;
  }

  get step() {
    return this.#step;
  }

  /**
   * What is being applied, or put back, is let to its end: half of it would be worse.
   * @param {Error} reason
   */
  giveUp(reason) {
    this.#givenUp = reason;
    if (this.#step === 'load' || this.#step === 'validate') this.#interrupt?.(reason);
  }

  /** @returns {Promise<{ record?: ReloadRecord, config?: unknown, error?: unknown }>} without a record: given up */
  async run() {
    const { version, trigger, signals } = this.#given;
    const startedAt = new Date();
    const begun = performance.now();
    /** @param {Partial<ReloadRecord>} outcome */
    const record = (outcome) => ({
      trigger,
      signals,
      startedAt,
      duration: performance.now() - begun,
      ...outcome,
    });
    try {
      const config = await this.#toNew();
      return { config, record: /** @type {ReloadRecord} */ (record({ version: version + 1 })) };
    } catch (error) {
      if (error === this.#givenUp) return { error };
      const outcome = await this.#toOld(error);
      return { record: /** @type {ReloadRecord} */ (record({ version, ...outcome })) };
    }
  }

  async #toNew() {
    const config = await this.#take('load', (context) => this.#steps.load(context));
    if (config === undefined) throw new TypeError('load has returned no configuration, but undefined');
    const { validate, apply } = this.#steps;
    if (validate !== undefined) {
      const verdict = await this.#take('validate', (context) => validate(config, context));
      if (verdict === false) throw new Error('validate has returned false');
    }
    if (apply !== undefined) await this.#take('apply', (context) => apply(config, context));
    return config;
  }

  /**
   * @param {unknown} cause
   * @returns {Promise<Partial<ReloadRecord>>}
   */
  async #toOld(cause) {
    const { version, current } = this.#given;
    const step = this.#step;
    const { rollback } = this.#steps;
    const stays = version === 0 ? 'there is none yet' : `version ${version} stays`;
    const message = `reload failed in ${step}: ${messageOf(cause)}`;
    if (step !== 'apply' || rollback === undefined || version === 0) {
      return { error: failure(`${message}; ${stays}`, { step, cause }) };
    }
    try {
      await this.#take('rollback', (context) => rollback(current, { ...context, error: cause }));
      return { error: failure(`${message}; ${stays}`, { step, cause }), rolledBack: true };
    } catch (rollbackError) {
      const worse = `${message}; rollback to version ${version} failed too: ${messageOf(rollbackError)}`;
      return { error: failure(worse, { step, cause, rollbackError }), rolledBack: false };
    }
  }

  /**
   * @param {ReloadStep} step
   * @param {(context: object) => unknown} call
   * @returns {Promise<any>}
   */
  async #take(step, call) {
    if (this.#givenUp !== undefined && step !== 'rollback') throw this.#givenUp;
    this.#step = step;
    const { current, version, trigger, timeout, onStep } = this.#given;
    onStep(step);
    const controller = new AbortController();
    const context = { signal: controller.signal, current, version: version + 1, trigger };
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    // Interrupted: what the user's function does from then on, and how it ends, is nobody's business any more.
    const interrupted = new Promise((_, reject) => {
      this.#interrupt = (reason) => {
        reject(reason);
        controller.abort(reason);
      };
      if (timeout === undefined) return;
      const late = () => new SignalError('ERR_SIGNAL_TIMEOUT', `${step} has not ended within ${timeout} ms`);
      timer = setTimeout(() => this.#interrupt?.(late()), timeout);
    });
    try {
      return await Promise.race([call(context), interrupted]);
    } finally {
      clearTimeout(timer);
      this.#interrupt = undefined;
    }
  }
}

/**
 * @param {string} message
 * @param {{ step: ReloadStep, cause: unknown, rollbackError?: unknown }} what
 */
function failure(message, { cause, ...rest }) {
  const error = new SignalError('ERR_RELOAD_FAILED', message, { cause });
  return /** @type {import('../binding').ReloadFailure} */ (Object.assign(error, rest));
}

module.exports = { Attempt };
