// The user's checks of a health report: each has its time, none can hold the report up. JS thread.
'use strict';

const { inspect } = require('node:util');
const { show } = require('./errors');
const { within } = require('./within');

/** @typedef {import('../binding').HealthCheckResult} Result */
/** @typedef {(context: { signal: AbortSignal }) => unknown} Run */

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : show(error));

/**
 * As JSON has it; what JSON cannot have, as text.
 * @param {unknown} value
 */
function plain(value) {
  try {
    const text = JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part));
    return text === undefined ? String(value) : JSON.parse(text);
  } catch {
    return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  }
}

const since = (/** @type {number} */ began) => Math.round((performance.now() - began) * 10) / 10;

class Check {
  /** A run that has not settled: a slow check is not started again on top of itself. @type {Promise<Result> | undefined} */
  #underway;
  #began = 0;
  #run;
  #timeout;

  /**
   * @param {Run} run
   * @param {number} timeout in ms
   */
  constructor(run, timeout) {
    this.#run = run;
    this.#timeout = timeout;
  }

  /** @returns {Promise<Result>} never rejected */
  result() {
    const controller = new AbortController();
    this.#underway ??= this.#start(controller.signal);
    const late = () => {
      controller.abort(new Error(`not within ${this.#timeout} ms`));
      return /** @type {Result} */ ({
        status: 'timeout',
        ms: since(this.#began),
        error: `not within ${this.#timeout} ms`,
      });
    };
    return within(this.#underway, this.#timeout, late);
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<Result>}
   */
  async #start(signal) {
    this.#began = performance.now();
    try {
      const run = this.#run;
      const value = await run({ signal });
      const ms = since(this.#began);
      if (value === false) return { status: 'failed', ms, error: 'the check returned false' };
      return value === undefined || value === true
        ? { status: 'ok', ms }
        : { status: 'ok', ms, value: plain(value) };
    } catch (error) {
      return { status: 'failed', ms: since(this.#began), error: messageOf(error) };
    } finally {
      this.#underway = undefined;
    }
  }
}

/**
 * All at once.
 * @param {Map<string, Check>} checks
 * @returns {Promise<Record<string, Result>>}
 */
async function results(checks) {
  const settled = await Promise.all([...checks.values()].map((check) => check.result()));
  return Object.fromEntries([...checks.keys()].map((name, index) => [name, settled[index]]));
}

module.exports = { Check, messageOf, plain, results };
