// The project's own numbers, each taken from all results under a name: the targets and the regression check use them.
'use strict';

/**
 * @typedef {import('./results').Results} Results
 * @typedef {import('./types').Figure} Figure
 */

const RUNTIMES = ['node', 'bun', 'deno'];

/** @param {string} task @param {string} entrant */
const at = (task, entrant) => ({ task, entrant });

/** @type {Figure[]} */
const list = [];
/** @param {string} name @param {Figure['value']} value */
const add = (name, value) => list.push({ name, value });

for (const runtime of RUNTIMES) {
  const ours = `${runtime} sigbridge`;
  const builtIn = `${runtime} process.on`;
  add(`throughput ${runtime} / c signalfd`, (results) =>
    results.ratio(at('queue', ours), at('queue', 'c signalfd'), 'perSecond'),
  );
  add(`throughput ${runtime} / process.on`, (results) =>
    results.ratio(at('queue', ours), at('storm', builtIn), 'perSecond'),
  );
  add(`thread cpu ${runtime} / process.on`, (results) =>
    results.ratio(at('queue', ours), at('storm', builtIn), 'threadCpuUs'),
  );
  for (const mode of ['idle', 'together', 'apart', 'loaded']) {
    add(`latency ${mode} ${runtime} / process.on`, (results) =>
      results.ratio(at(mode, ours), at(mode, builtIn), 'p50Us'),
    );
  }
  add(`http ${runtime} / without`, (results) => results.median('http', runtime, 'ratio'));
  add(`first delivery ${runtime} / process.on`, (results) =>
    results.ratio(at('first', ours), at('first', builtIn), 'fromStartMs'),
  );
  add(`mask pair ${runtime} / c`, (results) =>
    results.ratio(at('mask', ours), at('mask', 'c mask'), 'pairUs'),
  );
  for (const [name, key] of [
    ['lost', 'lost'],
    ['reordered', 'reordered'],
  ]) {
    add(`${name} ${runtime}`, (results) => results.worst('queue', ours, key));
    // A quick run sends fewer: that says nothing about a million.
    add(`million ${name} ${runtime}`, (results) =>
      Number(results.median('million', ours, 'sent')) >= 1e6
        ? results.worst('million', ours, key)
        : undefined,
    );
  }
}
add('binary KiB', (results) => results.median('size', 'binary', 'strippedKiB'));
add('require ms', (results) => results.median('load', 'node sigbridge', 'requireMs'));
add('memory KiB', (results) => results.median('memory', 'node sigbridge', 'rssKiB'));
add('mask pair us', (results) => results.median('mask', 'node sigbridge', 'pairUs'));
add('handler p99 us', (results) => results.median('handler', 'node sigbridge', 'p99Us'));
add('to the loop p99 us', (results) => results.median('loop', 'node sigbridge', 'p99Us'));
add('guard us', (results) => results.median('cgo', 'guard', 'us'));
add('harden us', (results) => results.median('cgo', 'harden', 'us'));

/** The highest of a figure over the runtimes that have it. @param {Results} results @param {string} name */
function worstOfRuntimes(results, name) {
  const values = RUNTIMES.map((runtime) => valueNamed(results, `${name} ${runtime}`)).filter(
    (value) => value !== undefined,
  );
  return values.length === 0 ? undefined : Math.max(...values);
}

/** @param {Results} results @param {string} name @returns {number | undefined} */
function valueNamed(results, name) {
  const figure = list.find((one) => one.name === name);
  if (figure === undefined) throw new Error(`no figure '${name}'`);
  return figure.value(results);
}

module.exports = { list, valueNamed, worstOfRuntimes };
