// Compiles the C and Go parts into build/bench, when they are missing or older than their sources.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
const sources = path.join(__dirname, '..', 'native');
const target = path.join(root, 'build', 'bench');

/** @param {string} file */
const changed = (file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** @param {string} folder */
const newest = (folder) =>
  Math.max(...fs.readdirSync(folder).map((name) => changed(path.join(folder, name))));

/**
 * @param {string} binary
 * @param {string} folder of the sources
 * @param {string[]} command
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
function make(binary, folder, [program, ...args], options) {
  if (changed(binary) >= newest(folder)) return binary;
  fs.mkdirSync(target, { recursive: true });
  const { error, status, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (error) throw new Error(`${program} is not installed`);
  if (status !== 0) throw new Error(`${path.basename(binary)} did not build:\n${stderr}`);
  return binary;
}

/**
 * @param {string} program
 * @returns {string} the path of its binary
 */
function compile(program) {
  const binary = path.join(target, program);
  const source = path.join(sources, `${program}.c`);
  return make(binary, sources, [process.env.CC || 'cc', '-O2', '-Wall', '-Wextra', '-o', binary, source]);
}

/** Go's receiver. */
function compileGo() {
  const binary = path.join(target, 'go-receiver');
  const folder = path.join(sources, 'go');
  return make(binary, folder, ['go', 'build', '-o', binary, '.'], { cwd: folder });
}

/** The Go addon of examples/cgo, to be loaded with and without protection. */
function compileGoAddon() {
  const binary = path.join(target, 'addon.node');
  const folder = path.join(root, 'examples', 'cgo', 'addon');
  const headers = require('node-api-headers').include_dir;
  const env = {
    ...process.env,
    CGO_ENABLED: '1',
    CGO_CFLAGS: `-O2 -I${headers}`,
    CGO_LDFLAGS: process.platform === 'darwin' ? '-Wl,-undefined,dynamic_lookup' : '',
  };
  const command = ['go', 'build', '-buildmode=c-shared', '-o', binary, '.'];
  return make(binary, folder, command, { cwd: folder, env });
}

/** @returns {number} bytes of the package's own binary without its symbols */
function strippedSize() {
  const binary = path.join(root, 'build', 'Release', 'sigbridge.node');
  const stripped = path.join(target, 'stripped.node');
  const args =
    process.platform === 'darwin' ? ['-x', '-o', stripped, binary] : ['-s', '-o', stripped, binary];
  fs.mkdirSync(target, { recursive: true });
  const { error, status, stderr } = spawnSync('strip', args, { encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`strip: ${error?.message ?? stderr}`);
  return fs.statSync(stripped).size;
}

module.exports = { compile, compileGo, compileGoAddon, strippedSize };
