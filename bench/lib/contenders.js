// Who is measured: this package and process.on in each runtime, and the same done in C, Go and Python.
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const runtimes = require('../../scripts/runtimes');
const { compile, compileGo } = require('./native');

/**
 * `id` is the same on every machine and in every version: `node sigbridge`. `command` takes MODE and SIGNAL
 * (bench/native/driver.c); `byNumber` when the signal has to be a number. `product` is what is named with its version.
 * @typedef {{ id: string, name: string, product: string, way: string, command: string[], byNumber: boolean }} Contender
 * @typedef {{ kind: 'node' | 'bun' | 'deno', name: string, version: string, command: string[] }} Runtime
 */

const trials = path.join(__dirname, '..', 'trials');
const TITLES = { node: 'Node', bun: 'Bun', deno: 'Deno' };

/**
 * This Node, the newest Bun and the newest Deno; or those that SIGBRIDGE_RUNTIMES names.
 * @param {(sentence: string) => void} warn
 * @returns {Promise<Runtime[]>}
 */
async function findRuntimes(warn) {
  const setting = process.env.SIGBRIDGE_RUNTIMES;
  const specs = setting ? setting.split(',').map((spec) => spec.trim()) : ['', 'bun@newest', 'deno@newest'];
  /** @type {Omit<Runtime, 'name'>[]} */
  const found = [];
  for (const spec of specs) {
    if (spec === '') {
      const version = process.versions.node;
      found.push({ kind: 'node', version, command: [process.execPath] });
      continue;
    }
    try {
      const { kind, version, path: binary, args } = await runtimes.fetch(spec);
      found.push({ kind, version, command: [binary, ...args] });
    } catch (error) {
      warn(`Without ${spec}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const twice = found.find(({ kind }, i) => found.findIndex((one) => one.kind === kind) !== i);
  if (twice !== undefined)
    throw new Error(`SIGBRIDGE_RUNTIMES names two of ${twice.kind}; one can be measured at a time`);
  return found.map((one) => ({ ...one, name: `${TITLES[one.kind]} ${one.version}` }));
}

/** @param {string} program @param {string[]} args @param {RegExp} version */
function versionOf(program, args, version) {
  const { error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) return undefined;
  return `${stdout}${stderr}`.match(version)?.[1];
}

/**
 * @param {Runtime[]} found
 * @param {(sentence: string) => void} warn
 * @returns {Contender[]}
 */
function contenders(found, warn) {
  /** @type {Contender[]} */
  const list = [];
  for (const { kind, name, command } of found) {
    for (const way of ['sigbridge', 'process.on']) {
      const program = path.join(trials, `${way.replace('.', '-')}.js`);
      const common = { product: name, way, command: [...command, program], byNumber: false };
      list.push({ id: `${kind} ${way}`, name: `${name} ${way}`, ...common });
    }
  }
  const compiler = process.env.CC || 'cc';
  const product = `${compiler} ${versionOf(compiler, ['-dumpfullversion'], /(\d\S*)/) ?? ''}`.trim();
  for (const way of ['signalfd', 'sigwaitinfo']) {
    const command = [compile('receiver'), way];
    list.push({ id: `c ${way}`, name: `C ${way}`, product, way, command, byNumber: true });
  }
  const go = versionOf('go', ['version'], /go(\d\S*)/);
  if (go === undefined) warn('Without Go: it is not installed');
  else {
    const common = { product: `Go ${go}`, way: 'os/signal', command: [compileGo()], byNumber: true };
    list.push({ id: 'go os/signal', name: `${common.product} os/signal`, ...common });
  }
  const python = versionOf('python3', ['--version'], /Python (\S+)/);
  if (python === undefined) warn('Without Python: it is not installed');
  else {
    const command = ['python3', path.join(trials, 'receiver.py')];
    const common = { product: `Python ${python}`, way: 'signal', command, byNumber: true };
    list.push({ id: 'python signal', name: `${common.product} signal`, ...common });
  }
  return list;
}

module.exports = { contenders, findRuntimes, trials };
