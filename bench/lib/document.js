// Puts tables and pictures between the markers of docs/performance.md; the words around them are written by hand.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const measures = require('../measures');
const { drawAll } = require('./pictures');
const { markdown, tableOf } = require('./tables');
const { targetTable } = require('./targets');

/** @typedef {import('./results').Results} Results */

const file = path.join(__dirname, '..', '..', 'docs', 'performance.md');

/**
 * @param {string} text
 * @param {string} name
 * @param {string} content
 */
function between(text, name, content) {
  const begin = `<!-- bench:${name} -->`;
  const end = `<!-- /bench:${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path.basename(file)} has no markers for '${name}'`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** @param {import('./types').Stored} stored */
function origin({ started, machine, size }) {
  const { cpu, cpus, kernel, versions, commit, backend, pendingSignals } = machine;
  const [day] = started.split('T');
  const setting = backend === null ? '' : `, SIGBRIDGE_BACKEND=${backend}`;
  const runs = `${size.runs} ${size.runs === 1 ? 'run' : 'runs'}`;
  return (
    `${day}, ${cpus} x ${cpu}, ${kernel}, ${pendingSignals} pending signals allowed; ` +
    `${/** @type {string[]} */ (versions).join(', ')}; commit ${commit}${setting}; ${runs}.`
  );
}

/** @param {Results} results @param {import('./types').Measure} measure */
function section(results, measure) {
  const parts = [];
  for (const task of measure.tasks) {
    const table = tableOf(results, task);
    if (table === undefined) continue;
    const backends = new Set(
      results.trials.filter((trial) => trial.task === task.name).flatMap(({ backend }) => backend ?? []),
    );
    const note = backends.size === 0 ? '' : ` (backend: ${[...backends].join(', ')})`;
    parts.push(`**${task.title}**${note}`, markdown(table));
    for (const picture of drawAll(results, task)) {
      parts.push(`![${picture.title}](pictures/${picture.file})`);
    }
  }
  const stored = results.holding(measure.tasks[0].name);
  if (stored !== undefined) parts.push(`_${origin(stored)}_`);
  return parts.join('\n\n');
}

/** @param {Results} results @returns {string} the file written */
function write(results) {
  let text = fs.readFileSync(file, 'utf8');
  text = between(text, 'targets', markdown(targetTable(results)));
  for (const measure of measures) {
    const content = section(results, measure);
    if (content !== '') text = between(text, measure.name, content);
  }
  fs.writeFileSync(file, text);
  return path.relative(process.cwd(), file);
}

module.exports = { write };
