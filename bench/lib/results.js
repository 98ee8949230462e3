// What was measured, of one run or several, and the numbers taken from it.
'use strict';

const { median, spread } = require('./statistics');

/**
 * @typedef {import('./types').Stored} Stored
 * @typedef {import('./types').Entrant} Entrant
 * @typedef {import('./types').Trial} Trial
 */

class Results {
  /** @param {readonly Stored[]} stored one a measure */
  constructor(stored) {
    this.stored = stored;
    this.trials = stored.flatMap((one) => one.trials);
  }

  /** @param {string} task @returns {Stored | undefined} */
  holding(task) {
    return this.stored.find(({ entrants }) => Object.hasOwn(entrants, task));
  }

  /** @param {string} task @returns {Entrant[]} */
  entrants(task) {
    return this.holding(task)?.entrants[task] ?? [];
  }

  /**
   * @param {string} task
   * @param {string} entrant
   * @param {string} key
   * @returns {Map<number, number>} round -> value
   */
  byRound(task, entrant, key) {
    const mine = this.trials.filter((trial) => trial.task === task && trial.entrant === entrant);
    return new Map(
      mine.flatMap(({ round, outcome }) => {
        const value = outcome?.[key];
        return typeof value === 'number' && Number.isFinite(value) ? [[round, value]] : [];
      }),
    );
  }

  /** @param {string} task @param {string} entrant @param {string} key */
  values(task, entrant, key) {
    return [...this.byRound(task, entrant, key).values()];
  }

  /** @param {string} task @param {string} entrant @param {string} key */
  spread(task, entrant, key) {
    const values = this.values(task, entrant, key);
    return values.length === 0 ? undefined : { ...spread(values), rounds: values.length };
  }

  /** @param {string} task @param {string} entrant @param {string} key */
  median(task, entrant, key) {
    return this.spread(task, entrant, key)?.median;
  }

  /** The highest of all rounds. @param {string} task @param {string} entrant @param {string} key */
  worst(task, entrant, key) {
    return this.spread(task, entrant, key)?.max;
  }

  /**
   * Round by round, since what disturbs the machine disturbs a whole round; then the median.
   * @param {{ task: string, entrant: string }} mine
   * @param {{ task: string, entrant: string }} theirs
   * @param {string} key
   */
  ratio(mine, theirs, key) {
    const numerators = this.byRound(mine.task, mine.entrant, key);
    const denominators = this.byRound(theirs.task, theirs.entrant, key);
    const both = [...numerators.keys()].filter((round) => denominators.has(round));
    if (both.length === 0) return undefined;
    return median(both.map((round) => Number(numerators.get(round)) / Number(denominators.get(round))));
  }

  /** @param {string} task @param {string} entrant */
  failures(task, entrant) {
    return this.trials.filter(
      (trial) => trial.task === task && trial.entrant === entrant && trial.failure !== undefined,
    );
  }
}

module.exports = { Results };
