// Runs the trials of one measure, round by round, one at a time.
'use strict';

const os = require('node:os');

/**
 * @typedef {import('./types').Context} Context
 * @typedef {import('./types').Measure} Measure
 * @typedef {import('./types').Trial} Trial
 * @typedef {import('./progress').Progress} Progress
 */

/**
 * A later round starts with another entrant, so that none is always the first after a pause.
 * @template T
 * @param {readonly T[]} list
 * @param {number} by
 */
const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

/** @param {Measure} measure @param {Context} context */
const pairs = ({ tasks }, context) =>
  tasks.flatMap((task) => task.entrants(context).map((entrant) => ({ task, entrant })));

/**
 * @param {Measure} measure
 * @param {Context} context
 * @param {Progress} progress
 * @returns {Promise<Pick<import('./types').Stored, 'entrants' | 'trials'>>}
 */
async function runMeasure(measure, context, progress) {
  const all = pairs(measure, context);
  /** @type {Trial[]} */
  const trials = [];
  for (let round = 1; round <= context.size.runs; round++) {
    for (const { task, entrant } of rotated(all, round - 1)) {
      progress.step(`${measure.name}, round ${round}: ${task.name}, ${entrant.name}`);
      const trial = { task: task.name, entrant: entrant.id, round, load: os.loadavg()[0] };
      try {
        trials.push({ ...trial, ...(await task.run(entrant, { ...context, round })) });
      } catch (error) {
        trials.push({ ...trial, failure: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  const entrants = Object.fromEntries(
    measure.tasks.map((task) => [
      task.name,
      task.entrants(context).map(({ id, name, way }) => ({ id, name, way })),
    ]),
  );
  return { entrants, trials };
}

/** @param {Measure} measure @param {Context} context */
const countTrials = (measure, context) => pairs(measure, context).length * context.size.runs;

module.exports = { countTrials, runMeasure };
