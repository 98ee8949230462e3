// The API as a property: random sequences of subscriptions, sections, waits, masks, dispositions, Workers and signals, with
// every counter held against a model after each step. `node scripts/sequences.js api` runs many more of them.
'use strict';

const { expect, test } = require('@jest/globals');
const { runPlan, shrink, subjects } = require('../../scripts/sequences/run');
const { eachRuntime } = require('../helpers/runtimes');

const RANDOM = 200;
// A repetition has to have the same.
const SEED = Date.now() % 1_000_000;

eachRuntime((runtime) => {
  const backend = process.env.SIGBRIDGE_BACKEND ?? '';

  test('random sequences of API calls and signals', async () => {
    const plan = { seed: SEED, first: 0, count: RANDOM };
    const { failure, sequences } = await runPlan(subjects.api, runtime, backend, plan);
    const shown = failure && { ...failure, ...(await shrink(subjects.api, runtime, backend, plan, failure)) };
    expect({ seed: SEED, shown }).toEqual({ seed: SEED, shown: undefined });
    expect(sequences).toBe(RANDOM);
  });
});
