// The packed package in an empty project, under each runtime: scripts off, no compiler, no cmake. Bun installs it itself;
// Deno takes it by its npm: specifier, and out of node_modules too.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { afterAll, beforeAll, test } = require('@jest/globals');
const {
  emptyProject,
  expectReceives,
  install,
  pack,
  poorPath,
  temporaryFolder,
} = require('../helpers/package');
const { serveRegistry } = require('../helpers/registry');
const { eachRuntime } = require('../helpers/runtimes');

const folder = temporaryFolder();
/** @type {import('../helpers/package').Package} */
let tarball;

beforeAll(() => {
  tarball = pack(folder);
  console.info(`the package's binaries: ${tarball.binaries}`);
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

eachRuntime((runtime) => {
  const installedBy = runtime.kind === 'bun' ? runtime.name : 'npm';

  test(`receives a signal from the package that ${installedBy} has installed, required and imported`, async () => {
    const project = emptyProject(folder, runtime.name);
    const bin = poorPath(folder, runtime);
    if (runtime.kind === 'bun') {
      const command = [runtime.path, 'add', '--ignore-scripts', tarball.path];
      await install(command, { project, bin, home: folder });
    } else {
      // npm needs a Node of its own, whatever the program runs under.
      const command = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', tarball.path];
      await install(command, { project, bin: String(process.env.PATH), home: folder });
    }
    const binaryIn = path.join(project, 'node_modules/sigbridge/prebuilds/');
    for (const program of ['receive.cjs', 'receive.mjs'])
      await expectReceives(runtime, path.join(project, program), { binaryIn, PATH: bin });
  });

  if (runtime.kind === 'deno') {
    test('receives a signal from the package of an npm: specifier', async () => {
      const project = emptyProject(folder, `${runtime.name} specifier`);
      const program = path.join(project, 'specifier.mjs');
      const source = fs.readFileSync(path.join(project, 'receive.mjs'), 'utf8');
      fs.writeFileSync(program, source.replace("'sigbridge'", "'npm:sigbridge@*'"));
      // Deno would look in node_modules for what a package.json does not name.
      fs.rmSync(path.join(project, 'package.json'));
      const registry = await serveRegistry(tarball.path);
      try {
        const env = { DENO_DIR: path.join(folder, 'deno'), NPM_CONFIG_REGISTRY: registry.url };
        // It tells of each download on standard error.
        const quiet = { ...runtime, args: [...runtime.args, '--quiet'] };
        await expectReceives(quiet, program, { binaryIn: path.join(folder, 'deno/npm/'), PATH: '', env });
      } finally {
        await registry.close();
      }
    });
  }

  if (runtime.kind === 'bun') {
    test('receives a signal in a compiled program whose project is gone', async () => {
      const project = emptyProject(folder, `${runtime.name} compiled`);
      const bin = poorPath(folder, runtime);
      const home = folder;
      await install([runtime.path, 'add', '--ignore-scripts', tarball.path], { project, bin, home });
      const program = path.join(folder, `program-${runtime.version}`);
      const command = [runtime.path, 'build', '--compile', 'receive.mjs', '--outfile', program];
      await install(command, { project, bin, home });
      fs.renameSync(project, `${project}-moved`);
      fs.rmSync(`${project}-moved`, { recursive: true });
      await expectReceives({ ...runtime, path: program }, 'program', { PATH: '' });
    });
  }
});
