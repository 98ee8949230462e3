// What went wrong in the trials: told under the tables, and whether it is ours.
'use strict';

/** @typedef {import('./types').Trial} Trial */

/** @param {Trial} trial */
const isOurs = ({ entrant }) => entrant.endsWith('sigbridge');

/** @param {readonly Trial[]} trials @returns {string[]} */
function complaints(trials) {
  return trials.flatMap((trial) => {
    const where = `${trial.task}, ${trial.entrant}, round ${trial.round}`;
    const { outcome, failure } = trial;
    if (failure !== undefined || outcome === undefined) return [`${where}: ${failure}`];
    const { lost = 0, unexplained = 0, reordered = 0, extra = 0 } = outcome;
    const said = [];
    if (isOurs(trial) && unexplained > 0) said.push(`${where}: ${unexplained} lost without a count`);
    else if (lost > 0) said.push(`${where}: ${lost} of ${outcome.sent} lost`);
    if (reordered > 0) said.push(`${where}: ${reordered} out of order`);
    if (extra > 0) said.push(`${where}: ${extra} callbacks too many`);
    return said;
  });
}

/** @param {readonly Trial[]} trials */
const failed = (trials) =>
  trials.some((trial) => {
    if (trial.outcome === undefined) return true;
    const { unexplained = 0, reordered = 0, extra = 0 } = trial.outcome;
    return isOurs(trial) && (unexplained > 0 || reordered > 0 || extra > 0);
  });

module.exports = { complaints, failed };
