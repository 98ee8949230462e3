#!/usr/bin/env node
// Builds build/Release/sigbridge.node: one line when all goes well, the compiler's words when it does not.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { target } = require('../lib/target');
const { filesOf, folderIn, targets } = require('./prebuilds/targets');
const { isStale, markBuilt, size, usableCache } = require('./toolchain/build-folder');
const { run, withoutProgress } = require('./toolchain/run');
const { generator, missingPackages, missingTools } = require('./toolchain/needs');

const root = path.resolve(__dirname, '..');

const help = `Usage: node scripts/build.js [--if-missing | --if-stale] [--debug]

Configures and builds build/Release/sigbridge.node.
  --if-missing  does nothing when the binary is there
  --if-stale    does nothing when the binary is newer than its sources
  --debug       builds build/Debug/sigbridge.node instead`;

// npm reads the standard output of `prepare` as its own: `npm pack --json` would no longer be JSON.
const out = process.env.npm_lifecycle_event === 'prepare' ? process.stderr : process.stdout;

/** What stops the build and is no error of the compiler's: told in one line. */
class CannotBuild extends Error {}

/** @param {string | undefined} problem */
function refuse(problem) {
  if (problem !== undefined) throw new CannotBuild(problem);
}

/** For a package that depends on us from git, npm builds in a folder of its cache, and says so in this variable. */
const isForDependent = process.env._PACOTE_NO_PREPARE_ !== undefined;

/**
 * A compiler newer than ours may warn of more. In a clone that is ours to mend; a dependent is not to fail for it.
 */
function warningsAreErrors() {
  return !isForDependent && !root.split(path.sep).includes('node_modules');
}

/** What npm packs for a dependent is what a package has: no build folder. @param {string} folder */
function addToPackage(folder) {
  const host = targets.find(({ name }) => name === target());
  if (host === undefined) return;
  const { addon, preload } = filesOf(host);
  fs.mkdirSync(folderIn(root), { recursive: true });
  const built = [
    ['sigbridge.node', addon],
    [`sigbridge_preload${path.extname(preload)}`, preload],
  ];
  for (const [from, to] of built) fs.copyFileSync(path.join(folder, from), path.join(folderIn(root), to));
}

/** @param {string} folder @param {string} buildType */
async function build(folder, buildType) {
  refuse(missingPackages(root));
  const known = usableCache(folder, root);
  if (!known) refuse(missingTools());

  const begun = Date.now();
  const binary = path.join(folder, 'sigbridge.node');
  const before = fs.statSync(binary, { throwIfNoEntry: false })?.mtimeMs;
  const shown = path.relative(root, binary);
  const configuration = [
    ...['-S', root, '-B', folder, ...(known ? [] : ['-G', generator()])],
    `-DCMAKE_BUILD_TYPE=${buildType}`,
    `-DSIGBRIDGE_WERROR=${warningsAreErrors() ? 'ON' : 'OFF'}`,
  ];
  const configured = await run('cmake', configuration, { cwd: root, out, title: 'sigbridge: configuring' });
  if (!configured.ok) {
    refuse(missingTools());
    process.stderr.write(configured.output);
    throw new CannotBuild(`cmake could not configure ${path.relative(root, folder)}; its words are above`);
  }
  const jobs = String(os.availableParallelism());
  const built = await run(
    'cmake',
    ['--build', folder, '--target', 'sigbridge', 'sigbridge_preload', '--parallel', jobs],
    { cwd: root, out, title: 'sigbridge: building' },
  );
  if (!built.ok) {
    process.stderr.write(withoutProgress(built.output));
    throw new CannotBuild(`${shown} could not be built; the compiler's words are above`);
  }
  markBuilt(folder, begun);
  if (isForDependent) addToPackage(folder);
  // A compiler that only warns (as it may for a dependent) is heard too.
  if (/\bwarning:/.test(built.output)) process.stderr.write(withoutProgress(built.output));
  const done = fs.statSync(binary).mtimeMs === before ? 'is up to date' : 'built';
  out.write(`sigbridge: ${shown} ${done}, ${size(binary)}, ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      'if-missing': { type: 'boolean' },
      'if-stale': { type: 'boolean' },
      debug: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (process.platform === 'win32') {
    console.log('sigbridge: Windows has no POSIX signals; there is nothing to build');
    return 0;
  }
  const buildType = values.debug ? 'Debug' : 'Release';
  const folder = path.join(root, 'build', buildType);
  const exists = fs.existsSync(path.join(folder, 'sigbridge.node'));
  try {
    if (values['if-missing'] && exists) return 0;
    if (values['if-stale']) {
      // The tests come next, and they need the packages even when there is nothing to build.
      refuse(missingPackages(root));
      if (!isStale(folder, root)) return 0;
    }
    await build(folder, buildType);
    return 0;
  } catch (error) {
    if (!(error instanceof CannotBuild)) throw error;
    // `npm pack` runs `prepare` too, and has to work for someone who only wants to see the list of files.
    const isPacking = ['pack', 'publish'].includes(process.env.npm_command ?? '');
    console.error(`sigbridge: ${error.message}`);
    return isPacking ? 0 : 1;
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(`sigbridge: ${error.message}`);
    process.exitCode = 2;
  },
);
