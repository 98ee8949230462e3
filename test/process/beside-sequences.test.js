// Exactly once beside process.on, as a property: sequences of listeners, subscriptions and deliveries against a model.
// `node scripts/sequences.js beside` runs many more of them.
'use strict';

const { expect, test } = require('@jest/globals');
const { runPlan, shrink, subjects } = require('../../scripts/sequences/run');
const { eachRuntime } = require('../helpers/runtimes');

const RANDOM = 300;
// A repetition has to have the same.
const SEED = Date.now() % 1_000_000;
const EVERY = { signal: 'SIGUSR2', small: 2 };

eachRuntime((runtime) => {
  if (runtime.kind === 'deno') {
    test.skip("Deno's own handlers for HUP, INT and TERM are not in the model", () => {});
    return;
  }
  if (runtime.version.startsWith('1.2.')) {
    test.skip('Bun 1.2 stops telling its other listeners when one of several is removed', () => {});
    return;
  }

  const backend = process.env.SIGBRIDGE_BACKEND ?? '';

  /** @param {import('../../scripts/sequences/run').Plan} plan */
  async function expectPassed(plan) {
    const { failure, sequences } = await runPlan(subjects.beside, runtime, backend, plan);
    const shown = failure && {
      ...failure,
      ...(await shrink(subjects.beside, runtime, backend, plan, failure)),
    };
    expect({ seed: plan.seed, shown }).toEqual({ seed: plan.seed, shown: undefined });
    expect(sequences).toBeGreaterThan(0);
  }

  test('every order of adding and removing two listeners of five kinds', () =>
    expectPassed({ every: EVERY }));

  if (runtime.kind === 'node') {
    test.each(['SIGINT', 'SIGTERM', 'SIGUSR1'])(
      "process.off leaves Node's own handler of %s beneath ours",
      (signal) =>
        expectPassed({
          steps: ['subscribe X', 'on a', 'once b', '-> kill', 'off a', '-> kill', 'close X'].map(
            (step) => `${signal} ${step}`,
          ),
          repeat: 20,
        }),
    );
  }

  test('random sequences', () => expectPassed({ seed: SEED, first: 0, count: RANDOM }));
});
