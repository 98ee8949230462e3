#!/usr/bin/env node
// Refuses to pack what would not work: every file that must be in the package is looked for by name, every binary is read.
// Runs before `npm pack` and `npm publish`.
'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { checkTarget, table } = require('./prebuilds/check');
const { fileNames, folderIn, targets } = require('./prebuilds/targets');

const root = path.resolve(__dirname, '..');
const LIMIT = 2_500_000;

const needed = [
  ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'CMakeLists.txt', 'binding.d.ts'],
  ...['lib/index.js', 'lib/index.mjs', 'lib/harden-now.js', 'lib/testing.js', 'lib/cli/main.js'],
  'src/include/sigbridge/masked_thread.h',
  ...fileNames.map((name) => `prebuilds/${name}`),
];

/** What the package may hold besides, by its first folder. */
const allowed = /^(?:lib|src|docs|prebuilds)\/|^[^/]+$/;

/** @returns {{ size: number, files: { path: string }[] }} */
function listed() {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'];
  // Run by npm, these would make the npm inside pack for the npm outside.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)));
  const answer = JSON.parse(execFileSync('npm', args, { cwd: root, env, encoding: 'utf8' }));
  // npm 12 answers with an object by name.
  return Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
}

function main() {
  const { size, files } = listed();
  const names = files.map((file) => file.path);
  const problems = [
    ...needed.filter((name) => !names.includes(name)).map((name) => `${name} is missing`),
    ...names.filter((name) => !allowed.test(name)).map((name) => `${name} does not belong in the package`),
    ...names
      .filter((name) => name.startsWith('prebuilds/') && !needed.includes(name))
      .map((name) => `${name} is no binary of ours`),
    ...(size > LIMIT ? [`the package has ${size} bytes; ${LIMIT} are the limit`] : []),
  ];
  const checked = targets.flatMap((target) => checkTarget(folderIn(root), target));
  for (const { file, facts, problems: found } of checked)
    if (facts !== null) problems.push(...found.map((problem) => `prebuilds/${file} ${problem}`));
  if (problems.length === 0) {
    console.error(
      `${table(checked)}\nsigbridge: ${names.length} files, ${Math.ceil(size / 1000)} KB, as they must be`,
    );
    return 0;
  }
  for (const problem of problems) console.error(`sigbridge: ${problem}`);
  if (problems.some((problem) => problem.startsWith('prebuilds/')))
    console.error("sigbridge: 'npm run prebuilds' makes the binaries; --ignore-scripts packs without them");
  return 1;
}

process.exitCode = main();
