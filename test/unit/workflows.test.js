// The workflows of .github: CI is .ci/run and nothing beside it, actions are pinned, and rights are few.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { describe, expect, test } = require('@jest/globals');
const { parse } = require('yaml');

/** @typedef {{ uses?: string, run?: string, with?: Record<string, unknown> }} Step */
/** @typedef {{ steps: Step[], permissions?: object, 'timeout-minutes'?: number }} Job */

const ROOT = path.resolve(__dirname, '../..');
const FOLDER = path.join(ROOT, '.github/workflows');

/** @param {string} name @returns {{ permissions: object, jobs: Record<string, Job> }} */
const workflow = (name) => parse(fs.readFileSync(path.join(FOLDER, name), 'utf8'));
/** @param {{ jobs: Record<string, Job> }} one */
const stepsOf = ({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps);
/** What only fetches tools, for .ci/run to find. */
const INSTALLS = /^(apk add|brew install) /;

test('CI runs .ci/run on Linux, macOS and Alpine, and nothing else', () => {
  expect(fs.statSync(path.join(ROOT, '.ci/run')).mode & 0o111).toBe(0o111);
  const { jobs } = workflow('ci.yml');
  expect(Object.keys(jobs)).toEqual(['linux', 'macos', 'alpine']);
  for (const [name, { steps }] of Object.entries(jobs)) {
    const commands = steps.flatMap(({ run = '' }) => (run === '' || INSTALLS.test(run) ? [] : [run.trim()]));
    expect({ name, commands }).toEqual({ name, commands: ['.ci/run'] });
  }
});

test('a release builds every binary and goes through the script that may refuse it', () => {
  const { jobs } = workflow('release.yml');
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.release).toBe('node scripts/release.js');
  const [install, ...rest] = stepsOf({ jobs }).flatMap(({ run }) => run ?? []);
  expect(install).toMatch(/^npm install .*--ignore-scripts/);
  expect(rest).toEqual(['npm run prebuilds', 'npm run release']);
});

describe.each(fs.readdirSync(FOLDER))('%s', (name) => {
  const { permissions, jobs } = workflow(name);

  test('names its actions by commit', () => {
    const used = stepsOf({ jobs }).flatMap(({ uses }) => uses ?? []);
    expect(used.filter((action) => !/^actions\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
    expect(used.length).toBeGreaterThan(0);
  });

  test('may read, and no more than it needs', () => {
    const publishes = { publish: { contents: 'read', 'id-token': 'write' } };
    expect(permissions).toEqual(name === 'release.yml' ? {} : { contents: 'read' });
    const own = Object.entries(jobs).filter(([, job]) => job.permissions !== undefined);
    expect(Object.fromEntries(own.map(([job, { permissions: rights }]) => [job, rights]))).toEqual(
      name === 'release.yml' ? publishes : {},
    );
    for (const step of stepsOf({ jobs })) {
      if (step.uses?.startsWith('actions/checkout@'))
        expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('ends by itself', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
  });
});
