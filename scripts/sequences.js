#!/usr/bin/env node
// Random sequences of steps under a runtime, against a model. `beside`: process.on, subscriptions and deliveries: is
// everybody told of each delivery exactly once, and is the process afterwards as it was? `api`: the rest of the API. What
// fails is cut down to the steps it needs, and printed with the seed that makes it again.
'use strict';

const { parseArgs } = require('node:util');
const { fetch } = require('./runtimes');
const { runPlan, shrink, subjects } = require('./sequences/run');

const BACKENDS = ['self-pipe', 'signalfd'];

const help = `Usage: node scripts/sequences.js beside|api [options]

  beside           listeners of process.on and of ours, and who is told (docs/dispositions.md)
  api              subscriptions, payloads, sections, masks, waits, dispositions, Workers, and every counter

  --runtime SPEC   node@20, bun@newest, ...; may be given again (node@20, node@26, bun@newest)
  --backend NAME   self-pipe or signalfd; may be given again (both)
  --seed N         of the random sequences (the time)
  --sequences N    how many (10000)
  --first N        begins with this one of the seed's (0)
  --matrix SIGNAL  of beside, instead of random ones: every order of adding and removing up to three, and all five kinds
  --steps TEXT     instead: these steps, with ';' between, 100 times
  --trace          what the native side saw before a failure

Exits with 1 when a sequence failed.`;

/** @param {string} name @returns {name is keyof typeof subjects} */
const isSubject = (name) => Object.keys(subjects).includes(name);

/** @param {string[]} argv */
function options(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      runtime: { type: 'string', multiple: true, default: ['node@20', 'node@26', 'bun@newest'] },
      backend: { type: 'string', multiple: true, default: BACKENDS },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      sequences: { type: 'string', default: '10000' },
      first: { type: 'string', default: '0' },
      matrix: { type: 'string' },
      steps: { type: 'string' },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  /** @param {'seed' | 'sequences' | 'first'} name */
  const number = (name) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new Error(`--${name} takes a whole number; got '${values[name]}'`);
  };
  const [name, ...others] = positionals;
  if (!values.help && (!isSubject(name) || others.length > 0))
    throw new Error(`takes one of: ${Object.keys(subjects).join(', ')}; got '${positionals.join(' ')}'`);
  const subject = isSubject(name) ? subjects[name] : subjects.api;
  if (values.matrix !== undefined && subject.everySequence === undefined)
    throw new Error(`--matrix is not of ${name}`);
  const wrong = values.backend.find((backend) => !BACKENDS.includes(backend));
  if (wrong !== undefined) throw new Error(`--backend takes ${BACKENDS.join(' or ')}; got '${wrong}'`);
  return { ...values, subject, seed: number('seed'), sequences: number('sequences'), first: number('first') };
}

/** @param {ReturnType<typeof options>} given @returns {import('./sequences/run').Plan} */
function planOf({ steps, matrix, seed, first, sequences, trace }) {
  if (steps !== undefined) return { steps: steps.split(';').map((step) => step.trim()), repeat: 100, trace };
  if (matrix !== undefined) return { every: { signal: matrix, large: true }, trace };
  return { seed, first, count: sequences, trace };
}

/** One line that changes, on a terminal; elsewhere one each time that a tenth is done. @param {string} title @param {number} total */
function progress(title, total) {
  let shown = 0;
  return (/** @type {number} */ done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${title}: ${done}/${total || '?'}`);
    else if (total > 0 && done >= shown + total / 10) {
      shown = done;
      console.error(`${title}: ${done} of ${total}`);
    }
  };
}

/** @param {string[][]} rows */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const given = options(argv);
  if (given.help) {
    console.log(help);
    return 0;
  }
  const plan = planOf(given);
  const rows = [['RUNTIME', 'BACKEND', 'SEED', 'SEQUENCES', 'DELIVERIES', 'SECONDS', 'FAILED']];
  let failed = 0;
  for (const spec of given.runtime) {
    const found = await fetch(spec);
    const runtime = { ...found, name: `${found.kind} ${found.version}` };
    for (const backend of given.backend) {
      const began = performance.now();
      const title = `${runtime.name}, ${backend}`;
      const { failure, sequences, deliveries } = await runPlan(
        given.subject,
        runtime,
        backend,
        plan,
        progress(title, plan.count ?? plan.repeat ?? 0),
      );
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      const seconds = String(Math.round((performance.now() - began) / 1000));
      const seed = plan.seed === undefined ? '-' : String(plan.seed);
      rows.push([
        runtime.name,
        backend,
        seed,
        String(sequences),
        String(deliveries),
        seconds,
        failure ? '1' : '0',
      ]);
      if (failure === undefined) continue;
      failed++;
      const { steps, wrong, certain } = await shrink(given.subject, runtime, backend, plan, failure);
      console.log(`failed: ${title}: sequence ${failure.index} of seed ${seed}: ${wrong}`);
      console.log(
        `  ${certain ? 'the steps it needs' : 'its steps; it did not fail again'}: --steps '${steps.join('; ')}'`,
      );
    }
  }
  console.log(table(rows));
  return failed === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`sequences: ${error.message}`);
    process.exitCode = 2;
  },
);
