// What the matrix consists of: which trials, in which runtimes, under which protections.
'use strict';

const runtimes = require('../runtimes');

/** @typedef {import('../../test/cgo/trial').Kind} Kind */
/** @typedef {import('../../test/cgo/trial').Mode} Mode */
/** @typedef {{ spec: string, kind: string, version: string, name: string, path: string, args: string[] }} Runtime */
/** @typedef {{ kind: Kind, mode: Mode, runtime: Runtime, deadline: number }} Cell */

/** @type {Mode[]} */
const MODES = ['none', 'guard', 'harden', 'launcher'];

const NODES = ['node@20', 'node@22', 'node@24', 'node@26'];
const ALL = [...NODES, 'bun@1.2.5', 'bun@1.2.19', 'bun@1.3.0', 'bun@newest', 'deno@newest'];

/** @type {{ kind: Kind, title: string, specs: string[], quick: string[], deadline: number }[]} */
const TABLES = [
  {
    kind: 'storm',
    title: 'Six senders of 40,000 `kill()` each, over six signals',
    specs: ALL,
    quick: ['node@20', 'bun@newest'],
    deadline: 20_000,
  },
  {
    kind: 'tgkill',
    title: 'One sender of 200,000 `tgkill()`, over every thread of the process',
    specs: ALL,
    quick: ['node@20', 'bun@newest'],
    deadline: 20_000,
  },
  {
    kind: 'children',
    title: 'Six senders of 40,000 `SIGCHLD` each, to a program that has a child',
    specs: NODES,
    quick: ['node@20'],
    deadline: 20_000,
  },
  {
    kind: 'hang',
    title: "Go calls on pool threads under the garbage collector's pressure, no signals",
    specs: ['bun@1.1.45', 'bun@1.2.5', 'bun@1.2.19', 'bun@1.3.0', 'bun@newest', 'node@20', 'deno@newest'],
    quick: ['bun@1.2.19', 'bun@newest'],
    // Without a hang it takes a second or less.
    deadline: 12_000,
  },
];

/**
 * The runtimes of the plan, by spec; one that cannot be had is a sentence.
 * @param {boolean} quick
 * @param {(step: string) => void} onStep
 */
async function findRuntimes(quick, onStep) {
  /** @type {Map<string, Runtime | string>} */
  const found = new Map();
  for (const table of TABLES) {
    for (const spec of quick ? table.quick : table.specs) {
      if (found.has(spec)) continue;
      try {
        const options = {
          onStep: (/** @type {string} */ step) => onStep(`${spec}: ${step}`),
          onWarning: () => {},
        };
        const runtime = await runtimes.fetch(spec, options);
        found.set(spec, { ...runtime, name: `${label(runtime.kind)} ${runtime.version}` });
      } catch (error) {
        found.set(spec, /** @type {Error} */ (error).message);
      }
    }
  }
  return found;
}

/** @param {string} kind */
function label(kind) {
  return kind[0].toUpperCase() + kind.slice(1);
}

/**
 * @param {boolean} quick
 * @param {Map<string, Runtime | string>} found
 * @returns {Cell[]}
 */
function cells(quick, found) {
  return TABLES.flatMap(({ kind, specs, quick: few, deadline }) =>
    (quick ? few : specs).flatMap((spec) => {
      const runtime = found.get(spec);
      if (runtime === undefined || typeof runtime === 'string') return [];
      return MODES.map((mode) => ({ kind, mode, runtime, deadline }));
    }),
  );
}

module.exports = { MODES, TABLES, cells, findRuntimes };
