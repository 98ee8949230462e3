// Runs random sequences of steps, each held against a model, as a program under a runtime; sends it the signals that are to
// come from its parent, and cuts a sequence that fails down to the steps it needs.
'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');
const { randomSequence } = require('../../test/fixtures/lib/api-random');
const { Model } = require('../../test/fixtures/lib/api-steps');
const beside = require('../../test/fixtures/lib/beside-model');

/** @typedef {{ name: string, kind: 'node' | 'bun' | 'deno', path: string, args: string[] }} Runtime */
/** @typedef {{ index: number, at: number, wrong: string, lost: string[] }} Failure `at`: the step */
/** @typedef {{ failure?: Failure, sequences: number, deliveries: number }} Outcome */
/** @typedef {{ seed?: number, first?: number, count?: number, every?: { signal: string, small?: number, large?: boolean },
 *   steps?: string[], repeat?: number, lost?: string[], trace?: boolean }} Plan `trace`: told on standard error */

/**
 * @typedef {object} Subject what is tried
 * @property {string} program under test/fixtures
 * @property {Record<string, string>} [settings] environment variables
 * @property {(kind: Runtime['kind'], backend: string) => { allows(step: string): boolean, take(step: string): unknown }} model
 * @property {(kind: Runtime['kind'], seed: number, index: number, backend?: string) => string[]} randomSequence
 * @property {(signal: string, options: { small?: number, large?: boolean }) => Generator<string[]>} [everySequence]
 */

const FIXTURES = path.resolve(__dirname, '../../test/fixtures');
/** @type {Record<'beside' | 'api', Subject>} */
const subjects = {
  beside: { ...beside, program: 'beside-sequences.js', model: (kind) => new beside.Model(kind) },
  api: {
    program: 'api-sequences.js',
    model: (kind, backend) => new Model(kind, backend),
    randomSequence,
    // Small enough for a burst to overflow it: then standard signals are merged, and counted.
    settings: { SIGBRIDGE_RING_CAPACITY: '32' },
  },
};
// A sequence takes milliseconds; the program itself gives up on a delivery after five seconds.
const SILENCE = 15_000;
// One that fails by chance fails once in so many.
const REPEAT = 30;

/** @param {string} backend empty: the runtime's usual one */
const environment = (backend) => ({
  ...process.env,
  // What this tree builds, not what `npm run prebuilds` once left in it.
  SIGBRIDGE_BUILD: 'local',
  DENO_NO_UPDATE_CHECK: '1',
  NODE_OPTIONS: '',
  ...(backend === '' ? {} : { SIGBRIDGE_BACKEND: backend }),
});

/**
 * @param {Subject} subject
 * @param {Runtime} runtime
 * @param {string} backend
 * @param {Plan} plan
 * @param {(done: number) => void} [onProgress]
 * @returns {Promise<Outcome>}
 */
function runPlan(subject, runtime, backend, plan, onProgress = () => {}) {
  const program = [
    ...runtime.args,
    path.join(FIXTURES, subject.program),
    JSON.stringify({ kind: runtime.kind, backend, ...plan }),
  ];
  const child = spawn(runtime.path, program, {
    env: { ...environment(backend), ...subject.settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  /** @type {any} */
  let begun = { index: -1, lost: [] };
  /** @type {any} */
  let last;
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    if (plan.trace) process.stderr.write(text);
  });
  child.stdin.on('error', () => {});
  let silence = setTimeout(() => child.kill('SIGKILL'), SILENCE);
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(silence);
    silence = setTimeout(() => child.kill('SIGKILL'), SILENCE);
    const message = JSON.parse(line);
    if (message.event === 'kill') {
      process.kill(/** @type {number} */ (child.pid), message.signo);
      child.stdin.write('sent\n');
    } else if (message.event === 'begin') {
      begun = message;
      onProgress(message.index);
    } else last = message;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(silence);
      if (last?.event === 'passed' && code === 0) return resolve({ ...last, failure: undefined });
      const { index, lost } = begun;
      const { at, wrong } = last ?? {
        at: -1,
        wrong: `ended with ${signal ?? `code ${code}`}${stderr === '' ? '' : `: ${stderr.trim()}`}`,
      };
      resolve({ sequences: index, deliveries: 0, failure: { index, at, wrong, lost } });
    });
  });
}

/** @param {Subject} subject @param {Runtime} runtime @param {string} backend @param {Plan} plan @param {number} index @returns {string[]} */
function stepsOf(subject, runtime, backend, plan, index) {
  if (plan.steps !== undefined) return plan.steps;
  if (plan.every === undefined)
    return subject.randomSequence(runtime.kind, /** @type {number} */ (plan.seed), index, backend);
  let at = 0;
  for (const steps of subject.everySequence?.(plan.every.signal, plan.every) ?? [])
    if (at++ === index) return steps;
  return [];
}

/** What cannot be right in the kind's own model is no step towards a shorter one. @param {Subject} subject @param {Runtime} runtime @param {string} backend @param {string[]} steps */
function isPossible(subject, { kind }, backend, steps) {
  const model = subject.model(kind, backend);
  for (const step of steps) {
    if (!model.allows(step)) return false;
    model.take(step);
  }
  return true;
}

/**
 * @param {Subject} subject
 * @param {Runtime} runtime
 * @param {string} backend
 * @param {Plan} plan
 * @param {Failure} failure
 * @returns {Promise<{ steps: string[], wrong: string, certain: boolean }>} not certain: it did not fail again
 */
async function shrink(subject, runtime, backend, plan, { index, at, wrong, lost }) {
  const whole = stepsOf(subject, runtime, backend, plan, index);
  let steps = at >= 0 ? whole.slice(0, at + 1) : whole;
  const again = async (/** @type {string[]} */ shorter) => {
    const { failure } = await runPlan(subject, runtime, backend, { steps: shorter, repeat: REPEAT, lost });
    return failure?.wrong;
  };
  const first = await again(steps);
  if (first === undefined) return { steps, wrong, certain: false };
  let reason = first;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = Math.floor(size / 2)) {
    for (let from = 0; from < steps.length; ) {
      const shorter = steps.filter((_, i) => i < from || i >= from + size);
      const failed =
        shorter.length > 0 && isPossible(subject, runtime, backend, shorter)
          ? await again(shorter)
          : undefined;
      if (failed === undefined) from += size;
      else {
        steps = shorter;
        reason = failed;
      }
    }
  }
  return { steps, wrong: reason, certain: true };
}

module.exports = { runPlan, shrink, subjects };
