// The packed package, installed by each package manager in an empty project: scripts off, no compiler, no cmake, no
// registry. Then required and imported, and a signal received. SIGBRIDGE_PACKAGE=all: by every one.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { afterAll, beforeAll, describe, expect, test } = require('@jest/globals');
const { managers } = require('../helpers/managers');
const {
  emptyProject,
  expectReceives,
  install,
  pack,
  poorPath,
  temporaryFolder,
} = require('../helpers/package');

const node = {
  name: `node ${process.versions.node}`,
  spec: 'this node',
  kind: /** @type {const} */ ('node'),
  version: process.versions.node,
  path: process.execPath,
  args: [],
};

/** @type {Record<string, string[]>} */
const commands = {
  npm: ['install', '--ignore-scripts', '--no-audit', '--no-fund'],
  pnpm: ['add', '--ignore-scripts'],
  yarn: ['add', '--ignore-scripts', '--non-interactive'],
  berry: ['add'],
};

const folder = temporaryFolder();
/** @type {import('../helpers/package').Package} */
let tarball;
/** @type {string} */
let bin;

beforeAll(() => {
  tarball = pack(folder);
  bin = poorPath(folder, node);
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

test('the PATH of these tests has no compiler, no cmake, no make and no python', () => {
  for (const tool of ['cc', 'c++', 'gcc', 'g++', 'clang', 'cmake', 'make', 'ninja', 'python3']) {
    const { error } = spawnSync(tool, ['--version'], { env: { PATH: bin } });
    expect(/** @type {NodeJS.ErrnoException | undefined} */ (error)?.code).toBe('ENOENT');
  }
});

for (const found of managers()) {
  if ('reason' in found) {
    test.skip(`${found.spec} (not available: ${found.reason})`, () => {});
    continue;
  }
  const kind = found.spec.split('@')[0];
  describe(found.name, () => {
    test('installs the package, which then works by require and by import', async () => {
      const project = emptyProject(folder, found.name);
      if (kind === 'berry') {
        const settings = 'nodeLinker: node-modules\nenableScripts: false\nenableTelemetry: false\n';
        fs.writeFileSync(path.join(project, '.yarnrc.yml'), settings);
        fs.writeFileSync(path.join(project, 'yarn.lock'), '');
      }
      const what = kind === 'npm' || kind === 'pnpm' ? tarball.path : `sigbridge@file:${tarball.path}`;
      const command = [node.path, found.program, ...commands[kind], what];
      await install(command, { project, bin, home: folder });
      // pnpm's is a link into a folder of its own.
      const binaryIn = path.join(fs.realpathSync(path.join(project, 'node_modules/sigbridge')), 'prebuilds/');
      for (const program of ['receive.cjs', 'receive.mjs'])
        await expectReceives(node, path.join(project, program), { binaryIn, PATH: bin });
    });
  });
}
