// The results as text: one table a task, with ratios against process.on and against plain C.
'use strict';

const { median, spread } = require('./statistics');

/**
 * @typedef {import('./trials').Contender} Contender
 * @typedef {import('./trials').Task} Task
 * @typedef {import('./trials').Trial} Trial
 */

/** @param {number} value */
function short(value) {
  if (!Number.isFinite(value)) return '-';
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 10_000) return `${Math.round(value / 1000)} k`;
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
}

/** @param {readonly number[]} values one a round */
function withSpread(values) {
  const { median: middle, min, max } = spread(values);
  return values.length > 1 ? `${short(middle)} (${short(min)}..${short(max)})` : short(middle);
}

class Results {
  /** @param {readonly Trial[]} trials */
  constructor(trials) {
    this.trials = trials;
  }

  /**
   * @param {string} task
   * @param {string} contender
   * @param {string} key of the outcome
   * @returns {Map<number, number>} round -> value
   */
  values(task, contender, key) {
    const mine = this.trials.filter((trial) => trial.task === task && trial.contender === contender);
    return new Map(mine.flatMap(({ round, outcome }) => (outcome ? [[round, outcome[key]]] : [])));
  }

  /**
   * Round by round, since what disturbs the machine disturbs a whole round; then the median.
   * @param {Map<number, number>} mine
   * @param {Map<number, number>} theirs
   */
  ratio(mine, theirs) {
    const rounds = [...mine.keys()].filter((round) => theirs.has(round));
    return median(rounds.map((round) => Number(mine.get(round)) / Number(theirs.get(round))));
  }
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function layOut(head, rows) {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i].length)));
  return [head, ...rows]
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

/**
 * @param {Results} results
 * @param {Task} task
 * @param {Contender} contender
 * @param {string} key
 */
function ratiosOf(results, task, { name, runtime }, key) {
  const mine = results.values(task.name, name, key);
  // Real-time signals are beyond process.on: there its storm of plain ones is the nearest thing.
  const nearest = task.name === 'queue' ? 'storm' : task.name;
  const builtIn = results.values(nearest, `${runtime} process.on`, key);
  const plain = results.values(task.name, 'C signalfd', key);
  return [results.ratio(mine, builtIn), results.ratio(mine, plain)].map((value) =>
    Number.isFinite(value) ? `${short(value)}x` : '-',
  );
}

/**
 * @param {Results} results
 * @param {Task} task
 * @param {readonly Contender[]} contenders
 */
function latencyTable(results, task, contenders) {
  const rows = contenders.map((contender) => {
    /** @param {string} key */
    const told = (key) => withSpread([...results.values(task.name, contender.name, key).values()]);
    return [contender.name, told('p50Us'), told('p99Us'), ...ratiosOf(results, task, contender, 'p50Us')];
  });
  return layOut(['', 'p50 us', 'p99 us', 'p50 / process.on', 'p50 / C'], rows);
}

/**
 * @param {Results} results
 * @param {Task} task
 * @param {readonly Contender[]} contenders
 */
function throughputTable(results, task, contenders) {
  const rows = contenders.map((contender) => {
    /** @param {string} key */
    const values = (key) => [...results.values(task.name, contender.name, key).values()];
    const common = [
      contender.name,
      withSpread(values('perSecond')),
      withSpread(values('callbacks')),
      short(median(values('cpuUsPerCallback'))),
    ];
    const checked =
      task.name === 'queue' ? ['lost', 'reordered'].map((key) => String(Math.max(...values(key)))) : [];
    return [...common, ...checked, ...ratiosOf(results, task, contender, 'perSecond')];
  });
  const checks = task.name === 'queue' ? ['lost*', 'out of order*'] : [];
  return layOut(['', 'callbacks/s', 'callbacks', 'CPU us each', ...checks, '/ process.on', '/ C'], rows);
}

/**
 * @param {readonly Trial[]} trials
 * @param {readonly Task[]} tasks
 * @param {readonly Contender[]} contenders
 * @param {(contender: Contender, task: Task) => boolean} canDo
 */
function render(trials, tasks, contenders, canDo) {
  const results = new Results(trials);
  const parts = tasks.map((task) => {
    const able = contenders.filter(
      (contender) => canDo(contender, task) && results.values(task.name, contender.name, 'lost').size > 0,
    );
    const table = task.kind === 'latency' ? latencyTable : throughputTable;
    return `${task.title}, ${task.signal}\n${table(results, task, able)}`;
  });
  return `${parts.join('\n\n')}

Medians of the rounds (least..most); ratios are taken within each round. A latency ratio below 1x is faster, a
throughput ratio above 1x is. * in the worst round. process.on has no real-time signals: the sigqueue() ratio
is against its callbacks/s for kill(). The kernel merges plain signals, so those come as fewer callbacks.`;
}

module.exports = { render };
