// The results as tables: rows of text, for a terminal and for a document.
'use strict';

/**
 * @typedef {import('./results').Results} Results
 * @typedef {import('./types').Column} Column
 * @typedef {import('./types').Entrant} Entrant
 * @typedef {import('./types').Task} Task
 * @typedef {{ head: string[], rows: string[][] }} Table
 */

/** @param {number | undefined} value */
function short(value) {
  if (value === undefined || !Number.isFinite(value)) return '-';
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 10_000) return `${Math.round(value / 1000)} k`;
  if (Number.isInteger(value)) return String(value);
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : value >= 0.995 ? 2 : 3);
}

/**
 * @param {Results} results
 * @param {string} task
 * @param {Entrant} entrant
 * @param {Column} column
 */
function cell(results, task, entrant, { key, worst, against }) {
  if (against !== undefined) {
    const other = against(entrant);
    return other ? short(results.ratio({ task, entrant: entrant.id }, other, key)) : '';
  }
  const found = results.spread(task, entrant.id, key);
  if (found === undefined) {
    return results.failures(task, entrant.id).length > 0 ? 'failed' : 'not available';
  }
  if (worst) return short(found.max);
  const { median, min, max, rounds } = found;
  const isOne = rounds === 1 || short(min) === short(max);
  return isOne ? short(median) : `${short(median)} (${short(min)}..${short(max)})`;
}

/**
 * @param {Results} results
 * @param {Task} task
 * @returns {Table | undefined} undefined when the task was not run
 */
function tableOf(results, task) {
  const entrants = results.entrants(task.name);
  if (entrants.length === 0) return undefined;
  const rows = entrants.map((entrant) => [
    entrant.name,
    ...task.columns.map((column) => cell(results, task.name, entrant, column)),
  ]);
  return { head: ['', ...task.columns.map(({ title }) => title)], rows };
}

/** @param {Table} table */
function plain({ head, rows }) {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  return [head, ...rows]
    .map((row) => row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))))
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

/** @param {Table} table */
function markdown({ head, rows }) {
  const rule = head.map((_title, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

module.exports = { markdown, plain, short, tableOf };
