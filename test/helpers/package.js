// Makes the package as it would be published, and empty projects to install it in. Jest side only.
'use strict';

const { execFile, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const { fileNames, filesOf, folderIn, targets } = require('../../scripts/prebuilds/targets');
const { target } = require('../../lib/target');
const { expect } = require('@jest/globals');
const { start } = require('./fixture');
const { ROOT } = require('./runtimes');

/** @typedef {import('./runtimes').Runtime} Runtime */
/** @typedef {{ path: string, size: number, files: string[], binaries: string }} Package */

const manifest = require('../../package.json');

/** @param {string} folder @returns {number} when the newest file in it was changed */
function newestIn(folder) {
  const names = fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name)));
  return Math.max(...names.map((name) => fs.statSync(name).mtimeMs));
}

/**
 * The binaries that were made for a package, when they were made of these sources; else the clone's own for this
 * platform alone: to build all takes a quarter of an hour.
 * @param {string} folder
 * @returns {string} which it was
 */
function addBinaries(folder) {
  const made = folderIn(ROOT);
  const host = targets.find(({ name }) => name === target());
  if (host === undefined) throw new Error(`the package has no binary for ${target()}`);
  fs.mkdirSync(folder);
  const missing = fileNames.filter((name) => !fs.existsSync(path.join(made, name)));
  if (
    missing.length === 0 &&
    fs.statSync(path.join(made, filesOf(host).addon)).mtimeMs > newestIn(path.join(ROOT, 'src'))
  ) {
    for (const name of fileNames) fs.copyFileSync(path.join(made, name), path.join(folder, name));
    return "those of 'npm run prebuilds'";
  }
  const { addon, preload } = filesOf(host);
  const local = path.join(ROOT, 'build/Release');
  fs.copyFileSync(path.join(local, 'sigbridge.node'), path.join(folder, addon));
  fs.copyFileSync(path.join(local, `sigbridge_preload${path.extname(preload)}`), path.join(folder, preload));
  return `build/Release as ${addon} (prebuilds/ ${missing.length > 0 ? 'is not complete' : 'is older than src'})`;
}

/**
 * `npm pack` of a copy: nothing of the clone can be reached from it, and nothing is left in the clone.
 * @param {string} folder where to
 * @returns {Package}
 */
function pack(folder) {
  const stage = path.join(folder, 'stage');
  fs.mkdirSync(stage);
  const copied = [
    ...manifest.files.filter((name) => name !== 'prebuilds'),
    'package.json',
    'README.md',
    'LICENSE',
  ];
  for (const name of copied) fs.cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  const binaries = addBinaries(path.join(stage, 'prebuilds'));
  const args = ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', folder];
  const answer = JSON.parse(
    execFileSync('npm', args, { cwd: stage, env: plainEnvironment(folder), encoding: 'utf8' }),
  );
  // npm 12 answers with an object by name.
  const { filename, size, files } = Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
  fs.rmSync(stage, { recursive: true });
  return {
    path: path.join(folder, filename),
    size,
    files: files.map((/** @type {{ path: string }} */ file) => file.path),
    binaries,
  };
}

/** Nothing of npm's, Jest's or ours. @param {string} home */
function plainEnvironment(home) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NPM_|NODE_|JEST_|SIGBRIDGE_|BUN_|YARN_|PNPM_|XDG_|INIT_CWD)/.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: home, CI: '1', NO_COLOR: '1' };
}

/**
 * A PATH with what package managers call, and no compiler, cmake, make or python.
 * @param {string} folder
 * @param {Runtime} node
 */
function poorPath(folder, node) {
  const bin = fs.mkdtempSync(path.join(folder, 'bin-'));
  for (const name of ['sh', 'env', 'uname', 'dirname', 'basename', 'sed']) {
    const found = ['/bin', '/usr/bin']
      .map((place) => path.join(place, name))
      .find((file) => fs.existsSync(file));
    if (found !== undefined) fs.symlinkSync(found, path.join(bin, name));
  }
  fs.symlinkSync(node.path, path.join(bin, 'node'));
  return bin;
}

/** @param {string} folder @param {string} name @returns {string} a folder with nothing but a package.json */
function emptyProject(folder, name) {
  // A failed test is tried again.
  const project = fs.mkdtempSync(path.join(folder, `${name.replace(/\W+/g, '-')}-`));
  fs.writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'empty', version: '1.0.0', private: true }),
  );
  for (const program of ['receive.cjs', 'receive.mjs'])
    fs.copyFileSync(path.join(ROOT, 'test/fixtures/package', program), path.join(project, program));
  return project;
}

const run = promisify(execFile);

/**
 * Installs, or says all that the package manager had to say.
 * @param {string[]} command
 * @param {{ project: string, bin: string, home: string, env?: Record<string, string> }} where
 */
async function install([file, ...args], { project, bin, home, env = {} }) {
  const options = {
    cwd: project,
    // No registry: there is nothing else to install, and so nothing to be asked for.
    env: { ...plainEnvironment(home), PATH: bin, npm_config_registry: 'http://127.0.0.1:9/', ...env },
    timeout: 60_000,
  };
  try {
    await run(file, args, options);
  } catch (error) {
    const { message, stdout, stderr } = /** @type {Error & { stdout: string, stderr: string }} */ (error);
    throw new Error(`${message}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** @returns {string} */
function temporaryFolder() {
  // Its real path: what the kernel shows of a process's libraries.
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-package-')));
}

/**
 * Starts the program, sees which binary it has loaded, sends it a signal and sees it end.
 * @param {Runtime} runtime
 * @param {string} program
 * @param {{ binaryIn?: string, env?: Record<string, string>, PATH: string }} options `binaryIn`: a folder, where it
 * can be known: a compiled program unpacks it somewhere
 */
async function expectReceives(runtime, program, { binaryIn, env = {}, PATH }) {
  const fixture = start(runtime, program, {
    env: { PATH, SIGBRIDGE_BUILD: '', SIGBRIDGE_BINARY: '', ...env },
  });
  await fixture.line('ready');
  if (binaryIn !== undefined && process.platform === 'linux') {
    const maps = fs.readFileSync(`/proc/${fixture.pid}/maps`, 'utf8');
    const loaded = [...new Set(maps.match(/\/\S+\.node$/gm))];
    expect(loaded).toEqual([expect.stringContaining(binaryIn)]);
  }
  fixture.send('SIGUSR2');
  expect(await fixture.line('received')).toMatchObject({ name: 'SIGUSR2', pid: process.pid });
  expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
}

module.exports = { emptyProject, expectReceives, install, pack, plainEnvironment, poorPath, temporaryFolder };
