#!/usr/bin/env node
// Publishes what is checked out, with provenance: to be run by the release workflow, or by hand with --dry-run. Refuses
// whatever the tag, the changelog and the binaries do not agree on.
'use strict';

const { spawnSync } = require('node:child_process');
const { parseArgs } = require('node:util');
const { objections, versionOf } = require('./release/checks');

const help = `Usage: npm run release [-- --dry-run]

To make a release: npm version patch|minor|major, push main and the tag; the release workflow does the rest.
--dry-run  all checks, and npm's own rehearsal; nothing is published`;

/** @param {string[]} args @returns {number} exit code */
function main(args) {
  const { values } = parseArgs({
    args,
    options: { 'dry-run': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const root = process.cwd();
  const against = objections(root);
  for (const objection of against) console.error(`release: ${objection}`);
  if (against.length > 0) return 1;
  console.log(`release: ${versionOf(root)} is ready`);
  // No scripts: what was checked is what goes out. Provenance is made from the workflow's identity, which a rehearsal lacks.
  const how = values['dry-run'] ? ['--dry-run'] : ['--provenance'];
  const { status } = spawnSync('npm', ['publish', '--ignore-scripts', '--access', 'public', ...how], {
    cwd: root,
    stdio: 'inherit',
  });
  return status ?? 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
