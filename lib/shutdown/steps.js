// The steps of a shutdown: their phases, one after the other, and in a phase all steps at once. JS thread; knows nothing
// of signals or of how the process ends.
'use strict';

const { SignalError, argumentType, outOfRange } = require('../errors');

/** @typedef {import('../../binding').ShutdownStep} ShutdownStep */
/** @typedef {{ name: string, fn: (context: any) => unknown, rank: number, phase: string | number, timeout: number | undefined,
 *   late?: SignalError }} Step */

class Steps {
  /** @type {Step[]} in the order added */
  #waiting = [];
  /** @type {Set<string>} */
  #names = new Set();
  /** @type {Map<Step, Promise<void>>} */
  #running = new Map();
  #rank = -Infinity;
  /** @type {string[]} */
  #phases;
  #phasesAreFixed;
  #context;
  #onChange;

  /**
   * @param {readonly string[] | undefined} phases
   * @param {(signal: AbortSignal) => object} context what steps are called with
   * @param {(step: ShutdownStep) => void} onChange
   */
  constructor(phases, context, onChange) {
    this.#phases = [...(phases ?? [])];
    this.#phasesAreFixed = phases !== undefined;
    this.#context = context;
    this.#onChange = onChange;
  }

  /** Names of those under way. */
  get running() {
    return [...this.#running.keys()].map(({ name }) => name);
  }

  get waiting() {
    return this.#waiting.map(({ name }) => name);
  }

  /** @param {string} name */
  has(name) {
    return this.#names.has(name);
  }

  /** @param {unknown} phase a number; or a name, whose place in the order is its number */
  #rankOf(phase) {
    if (typeof phase === 'number') {
      if (!Number.isFinite(phase))
        throw outOfRange('options.phase', 'a finite number, or the name of a phase', phase);
      return phase;
    }
    if (typeof phase !== 'string')
      throw argumentType('options.phase', 'a number, or the name of a phase', phase);
    const index = this.#phases.indexOf(phase);
    if (index >= 0) return index;
    if (this.#phasesAreFixed) {
      throw outOfRange(
        'options.phase',
        `one of ${this.#phases.map((name) => `'${name}'`).join(', ')}`,
        phase,
      );
    }
    return this.#phases.push(phase) - 1;
  }

  /**
   * @param {string} name
   * @param {(context: any) => unknown} fn
   * @param {{ phase: unknown, timeout: number | undefined }} options
   */
  add(name, fn, { phase, timeout }) {
    if (this.#names.has(name)) throw outOfRange('name', 'a name of its own, this one is taken', name);
    const rank = this.#rankOf(phase);
    if (rank < this.#rank) {
      throw new SignalError(
        'ERR_SIGNAL_CLOSED',
        `add(): the shutdown has passed the phase of step '${name}'`,
      );
    }
    this.#names.add(name);
    const step = { name, fn, rank, phase: /** @type {string | number} */ (phase), timeout };
    if (rank === this.#rank) this.#launch(step);
    else this.#waiting.push(step);
  }

  /** All of them, those too that are added meanwhile. */
  async run() {
    for (;;) {
      const rank = Math.min(...this.#waiting.map((step) => step.rank));
      if (rank === Infinity) return;
      this.#rank = rank;
      const now = this.#waiting.filter((step) => step.rank === rank);
      this.#waiting = this.#waiting.filter((step) => step.rank !== rank);
      for (const step of now) this.#launch(step);
      while (this.#running.size > 0) await Promise.all(this.#running.values());
    }
  }

  /** @param {Step} step */
  #launch(step) {
    const begun = performance.now();
    const { name, phase } = step;
    // In the table before it is called: it may never return.
    this.#running.set(step, Promise.resolve());
    const tell = (/** @type {ShutdownStep['state']} */ state, /** @type {unknown} */ error) => {
      const duration = performance.now() - begun;
      this.#onChange({ name, phase, state, duration, ...(error !== undefined && { error }) });
    };
    tell('running', undefined);
    const outcome = this.#call(step).then(
      () => /** @type {const} */ (['done', undefined]),
      (error) => {
        const state = error === step.late && error !== undefined ? 'late' : 'failed';
        return /** @type {const} */ ([state, error ?? new Error(String(error))]);
      },
    );
    const ended = outcome.then(([state, error]) => {
      this.#running.delete(step);
      tell(state, error);
    });
    this.#running.set(step, ended);
  }

  /** @param {Step} step */
  async #call(step) {
    const { name, fn, timeout } = step;
    const controller = new AbortController();
    const called = Promise.resolve(fn(this.#context(controller.signal)));
    if (timeout === undefined) return await called;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((_resolve, reject) => {
      timer = setTimeout(() => {
        step.late = new SignalError(
          'ERR_SIGNAL_TIMEOUT',
          `step '${name}' has not finished within ${timeout} ms`,
        );
        reject(step.late);
        controller.abort(step.late);
      }, timeout);
    });
    try {
      return await Promise.race([called, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

module.exports = { Steps };
