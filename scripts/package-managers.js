#!/usr/bin/env node
// Fetches the package managers that the package is tested with from the npm registry, into the cache that the runtimes
// are in. Bun and Deno, which are package managers too, come with the runtimes.
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs, promisify } = require('node:util');
const cache = require('./runtimes/cache');

const run = promisify(execFile);

/** @typedef {{ spec: string, name: string, program: string }} Manager `program`: the file that Node runs */

/** @type {Record<string, { package: string, programs: string[] }>} the first program that is there */
const kinds = {
  npm: { package: 'npm', programs: ['bin/npm-cli.js'] },
  // Since pnpm 12 a native program, which this one finds.
  pnpm: { package: 'pnpm', programs: ['bin/pnpm.mjs', 'bin/pnpm.cjs'] },
  yarn: { package: 'yarn', programs: ['bin/yarn.js'] },
  berry: { package: '@yarnpkg/cli-dist', programs: ['bin/yarn.js'] },
};

/** Small enough for every run of CI; `all` has two more. */
const usual = ['npm@11', 'pnpm@latest', 'yarn@1'];
const all = [...usual, 'npm@latest', 'pnpm@10', 'berry@latest'];

/** @param {string} kind @param {string} version @returns {Manager | null} */
function find(kind, version) {
  const { package: name, programs } = kinds[kind];
  const folder = path.join(cache.root(), `manager-${kind}-${version}`, 'node_modules', name);
  const program = programs.map((file) => path.join(folder, file)).find((file) => fs.existsSync(file));
  return program ? { spec: `${kind}@${version}`, name: `${kind} ${version}`, program } : null;
}

/** @param {string} spec "npm@11", "berry@latest" @returns {Promise<Manager>} */
async function fetch(spec) {
  const [kind, wanted] = spec.split('@');
  if (kinds[kind] === undefined) throw new Error(`no package manager '${spec}'; there are ${all.join(' ')}`);
  const known = cache.recallLookup(spec);
  const found = known && find(kind, known);
  if (found) return found;
  fs.mkdirSync(cache.root(), { recursive: true });
  return cache.withWorkFolder(async (folder) => {
    const ready = path.join(folder, 'ready');
    fs.mkdirSync(ready);
    fs.writeFileSync(path.join(ready, 'package.json'), '{}');
    const name = kinds[kind].package;
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', `${name}@${wanted}`];
    await run('npm', args, { cwd: ready });
    const manifest = path.join(ready, 'node_modules', name, 'package.json');
    const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
    cache.add(`manager-${kind}`, version, ready);
    cache.rememberLookup(spec, version);
    const manager = find(kind, version);
    if (manager) return manager;
    throw new Error(`${spec} vanished from ${cache.root()} while it was being fetched`);
  });
}

module.exports = { all, fetch, usual };

/** @param {string[]} argv */
async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { json: { type: 'boolean' } },
    allowPositionals: true,
  });
  for (const spec of positionals.length > 0 ? positionals : all) {
    const manager = await fetch(spec);
    console.log(values.json ? JSON.stringify(manager) : `${manager.name}  ${manager.program}`);
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message.split('\n')[0]);
    process.exitCode = 1;
  });
}
