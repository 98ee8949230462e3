#!/usr/bin/env node
// Builds the binaries of every platform into prebuilds/, on Linux or macOS, with zig as the cross-compiler; checks each
// before it counts, and ends with a table of them.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { checkTarget, table } = require('./prebuilds/check');
const { filesOf, folderIn, targets } = require('./prebuilds/targets');
const { fetchZig, zigEnvironment } = require('./prebuilds/zig');
const { usableCache } = require('./toolchain/build-folder');
const { generator, missingPackages, missingTools } = require('./toolchain/needs');
const { run, withoutProgress } = require('./toolchain/run');

/** @typedef {import('./prebuilds/targets').Target} Target */

const root = path.resolve(__dirname, '..');
const folder = folderIn(root);
const out = process.stdout;

const help = `Usage: node scripts/prebuilds.js [target...] [--check]

Cross-compiles the package's binaries into prebuilds/. Targets, all without arguments:
  ${targets.map((target) => target.name).join(' ')}
  --check  builds nothing: says what is there and whether it is as it must be`;

/** @param {Target} target @param {string} zig */
async function build(target, zig) {
  const begun = Date.now();
  const buildFolder = path.join(root, 'build/prebuilds', target.name);
  const known = usableCache(buildFolder, root);
  const env = zigEnvironment();
  const configuration = [
    ...['-S', root, '-B', buildFolder, ...(known ? [] : ['-G', generator()])],
    `-DCMAKE_TOOLCHAIN_FILE=${path.join(__dirname, 'prebuilds/zig.cmake')}`,
    '-DCMAKE_BUILD_TYPE=Release',
    '-DSIGBRIDGE_WERROR=ON',
    `-DSIGBRIDGE_ZIG=${zig}`,
    `-DSIGBRIDGE_TRIPLE=${target.triple}`,
    `-DSIGBRIDGE_SYSTEM=${target.system}`,
    `-DSIGBRIDGE_MACHINE=${target.machine}`,
  ];
  const jobs = String(os.availableParallelism());
  const steps = /** @type {const} */ ([
    ['configuring', configuration],
    ['building', ['--build', buildFolder, '--target', 'sigbridge', 'sigbridge_preload', '--parallel', jobs]],
  ]);
  for (const [title, args] of steps) {
    const { ok, output } = await run('cmake', [...args], {
      cwd: root,
      env,
      out,
      title: `${target.name}: ${title}`,
    });
    if (ok) continue;
    process.stderr.write(withoutProgress(output));
    throw new Error(`${target.name}: ${title} failed; the words of the tools are above`);
  }
  // Under the names they have in the package, but not there yet: a bad one must never be packed.
  const names = filesOf(target);
  const draft = path.join(buildFolder, 'package');
  fs.mkdirSync(draft, { recursive: true });
  fs.copyFileSync(path.join(buildFolder, 'sigbridge.node'), path.join(draft, names.addon));
  const preload = `sigbridge_preload${path.extname(names.preload)}`;
  fs.copyFileSync(path.join(buildFolder, preload), path.join(draft, names.preload));
  const bad = checkTarget(draft, target).flatMap(({ file, problems }) =>
    problems.map((one) => `${file} ${one}`),
  );
  if (bad.length > 0) throw new Error(bad.join('\n'));
  fs.mkdirSync(folder, { recursive: true });
  for (const name of Object.values(names)) fs.renameSync(path.join(draft, name), path.join(folder, name));
  out.write(`${target.name}: built in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const unknown = positionals.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) throw new Error(`no target '${unknown}'; see --help`);
  const wanted = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  /** @type {string[]} */
  const failures = [];
  if (!values.check) {
    const problem = missingPackages(root) ?? missingTools();
    if (problem !== undefined) throw new Error(problem);
    const zig = await fetchZig((step) => out.write(`${step}\n`));
    for (const target of wanted) {
      // The others may still be good: all problems in one run.
      await build(target, zig).catch((error) => failures.push(error.message));
    }
  }
  const checked = wanted.flatMap((target) => checkTarget(folder, target));
  out.write(`${table(checked)}\n`);
  for (const failure of failures) console.error(`sigbridge: ${failure}`);
  return failures.length === 0 && checked.every(({ problems }) => problems.length === 0) ? 0 : 1;
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
