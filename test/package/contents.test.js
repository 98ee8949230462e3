// What is in the package, and that packing is refused when something is not. With SIGBRIDGE_PACKAGE=all also: that a
// binary can be built of it where it brings none.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { afterAll, beforeAll, expect, test } = require('@jest/globals');
const { fileNames, targets } = require('../../scripts/prebuilds/targets');
const { target } = require('../../lib/target');
const { pack, plainEnvironment, temporaryFolder } = require('../helpers/package');
const { ROOT } = require('../helpers/runtimes');

const folder = temporaryFolder();
/** @type {import('../helpers/package').Package} */
let tarball;

beforeAll(() => {
  tarball = pack(folder);
  execFileSync('tar', ['-xzf', tarball.path], { cwd: folder });
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

test('is under 2.5 MB, and would be with every binary in it', () => {
  const binaries = tarball.files.filter((name) => name.startsWith('prebuilds/'));
  const host = binaries.filter((name) => path.basename(name).startsWith(target()));
  const sizes = host.map((name) => fs.statSync(path.join(folder, 'package', name)).size);
  const absent = fileNames.length - binaries.length;
  // Those that are not here count as much as the host's do before they are packed.
  const most = tarball.size + (absent / 2) * sizes.reduce((sum, size) => sum + size, 0);
  expect(most).toBeLessThan(2_500_000);
});

test('has everything that package.json points at, this platform’s binaries, and nothing of the clone’s own', () => {
  const { main, types, exports, bin } = JSON.parse(
    fs.readFileSync(path.join(folder, 'package/package.json'), 'utf8'),
  );
  // Paths, not the names of entry points, which look the same and are keys.
  const pointed = JSON.stringify([main, types, exports, bin]).matchAll(/"\.\/([^"]+)"(?!:)/g);
  const needed = [...[...pointed].map((match) => match[1]), `prebuilds/${target()}.node`];
  expect(needed.filter((name) => !tarball.files.includes(name))).toEqual([]);
  const foreign = /^(?:build|test|bench|scripts|node_modules|examples|\.)/;
  expect(tarball.files.filter((name) => foreign.test(name))).toEqual([]);
});

test('the loader names each binary that is built, and no other', () => {
  const source = fs.readFileSync(path.join(ROOT, 'lib/binary.js'), 'utf8');
  const named = [...source.matchAll(/require\('\.\.\/prebuilds\/([^']+)\.node'\)/g)].map((match) => match[1]);
  const built = targets.map(({ name }) => name).sort();
  expect(named.sort()).toEqual(built);
  expect([...require('../../lib/binary').TARGETS].sort()).toEqual(built);
});

test('packing without the binaries is refused, and each one that is missing is named', () => {
  // Of a copy: a clone may have them all.
  const clone = path.join(folder, 'clone');
  fs.cpSync(path.join(folder, 'package'), clone, { recursive: true });
  fs.rmSync(path.join(clone, 'prebuilds'), { recursive: true });
  fs.cpSync(path.join(ROOT, 'scripts'), path.join(clone, 'scripts'), { recursive: true });
  const command = ['pack', '--dry-run'];
  const { status, stderr } = spawnSync('npm', command, {
    cwd: clone,
    env: plainEnvironment(folder),
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  for (const name of fileNames) expect(stderr).toContain(`sigbridge: prebuilds/${name} is missing`);
});

const buildTest = process.env.SIGBRIDGE_PACKAGE === 'all' ? test : test.skip;
buildTest(
  'a binary can be built of it, as README tells (with SIGBRIDGE_PACKAGE=all)',
  () => {
    const modules = path.join(folder, 'package/node_modules');
    fs.mkdirSync(modules);
    for (const name of ['node-addon-api', 'node-api-headers'])
      fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
    const build = path.join(folder, 'built');
    const options = { cwd: folder, stdio: /** @type {const} */ ('pipe') };
    execFileSync('cmake', ['-S', 'package', '-B', build], options);
    execFileSync('cmake', ['--build', build, '--parallel', '2'], options);
    const program = `console.log(require(${JSON.stringify(path.join(folder, 'package'))}).validSignals().length > 30)`;
    const env = { ...plainEnvironment(folder), SIGBRIDGE_BINARY: path.join(build, 'sigbridge.node') };
    expect(execFileSync(process.execPath, ['-e', program], { env, encoding: 'utf8' })).toBe('true\n');
  },
  300_000,
);
