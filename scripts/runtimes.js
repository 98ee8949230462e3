#!/usr/bin/env node
// Fetches the JavaScript runtimes that the project is tested on from the npm
// registry, once for all clones, and says where their binaries are.

'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs, promisify } = require('node:util');
const cache = require('./runtimes/cache');
const { RuntimeError, isExact, parse } = require('./runtimes/names');
const registry = require('./runtimes/registry');

/** @typedef {import('./runtimes/names').Request} Request */
/** @typedef {import('./runtimes/cache').Runtime} Runtime */
/** @typedef {{ onStep?: (step: string) => void, onWarning?: (sentence: string) => void }} FetchOptions */

const run = promisify(execFile);

const matrix = ['node@20', 'node@22', 'node@24', 'node@26', 'bun@1.2.19', 'bun@newest', 'deno@newest'];

const help = `Usage: node scripts/runtimes.js [runtime...]

Fetches JavaScript runtimes into a cache shared between clones and prints
where they are. Without arguments: ${matrix.join(' ')}

A runtime is node@, bun@ or deno@ with a version (20.20.2), the start of
one (20) or "newest". The cache is $SIGBRIDGE_CACHE, or sigbridge/runtimes
in $XDG_CACHE_HOME or ~/.cache.`;

/**
 * The cached runtime for a spec, or null; never asks the network.
 * @param {string} spec @returns {Runtime | null}
 */
function resolve(spec) {
  const request = parse(spec);
  if (isExact(request.wanted)) return cache.findExact(request, request.wanted);
  const version = cache.recallLookup(spec, { evenOld: true });
  return (version && cache.findExact(request, version)) || cache.findNewest(request);
}

/** @param {Request} request @param {(step: string) => void} onStep @returns {Promise<string>} */
async function exactVersion({ spec, kind, wanted }, onStep) {
  const known = isExact(wanted) ? wanted : cache.recallLookup(spec);
  if (known) return known;
  onStep('asking the registry');
  const version = await registry.lookUp(kind, wanted, cache.root());
  cache.rememberLookup(spec, version);
  return version;
}

/**
 * @param {Request} request @param {string} version @param {(step: string) => void} onStep
 * @returns {Promise<void>}
 */
async function install({ kind }, version, onStep) {
  await cache.withWorkFolder(async (folder) => {
    onStep(`downloading ${version}`);
    await registry.download(kind, version, folder);
    onStep(`unpacking ${version}`);
    const archive = fs.readdirSync(folder).find((name) => name.endsWith('.tgz'));
    await run('tar', ['-xzf', String(archive)], { cwd: folder });
    const places = ['package/bin', 'package'].map((place) => path.join(folder, place, kind));
    const binary = places.find((place) => fs.statSync(place, { throwIfNoEntry: false })?.isFile());
    if (!binary) throw new RuntimeError(`The npm package of ${kind} ${version} holds no ${kind}.`);
    const ready = path.join(folder, 'ready');
    fs.mkdirSync(ready);
    fs.chmodSync(binary, 0o755);
    fs.renameSync(binary, path.join(ready, kind));
    // A binary that cannot run on this machine must never become a cache hit.
    const { stdout } = await run(path.join(ready, kind), ['--version']);
    if (!stdout.includes(version)) {
      throw new RuntimeError(`The ${kind} published as ${version} says ${stdout.trim()}.`);
    }
    cache.add(kind, version, ready);
  });
}

/**
 * The runtime for a spec, fetched when the cache does not have it.
 * @param {string} spec @param {FetchOptions} [options] @returns {Promise<Runtime>}
 */
async function fetch(spec, { onStep = () => {}, onWarning = console.error } = {}) {
  const request = parse(spec);
  try {
    fs.mkdirSync(cache.root(), { recursive: true });
    const version = await exactVersion(request, onStep);
    if (!cache.findExact(request, version)) await install(request, version, onStep);
    const runtime = cache.findExact(request, version);
    if (runtime) return runtime;
    throw new RuntimeError(`${spec} vanished from ${cache.root()} while it was being fetched.`);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    const reason = error instanceof RuntimeError ? message : message.split('\n')[0];
    const older = error instanceof RuntimeError && !error.published ? null : cache.findNewest(request);
    if (!older) throw new Error(`Cannot fetch ${spec}: ${reason}`, { cause: error });
    onWarning(`${reason} Using the cached ${older.version} for ${spec}.`);
    return older;
  }
}

/** @param {string} spec @returns {Promise<Runtime | null>} */
async function fetchAloud(spec) {
  const { isTTY } = process.stdout;
  const clear = () => isTTY && process.stdout.write('\r\x1b[K');
  const onStep = (/** @type {string} */ step) => {
    clear();
    process.stdout.write(`${spec}: ${step}${isTTY ? '' : '\n'}`);
  };
  const onWarning = (/** @type {string} */ sentence) => {
    clear();
    console.error(sentence);
  };
  try {
    const runtime = await fetch(spec, { onStep, onWarning });
    onStep(`ready, ${runtime.version}`);
    return runtime;
  } catch (error) {
    onWarning(/** @type {Error} */ (error).message);
    return null;
  } finally {
    clear();
  }
}

/** @param {string[]} argv @returns {Promise<number>} The exit code. */
async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const specs = positionals.length > 0 ? positionals : matrix;
  for (const spec of specs) parse(spec);
  const rows = [['RUNTIME', 'VERSION', 'PATH']];
  for (const spec of specs) {
    const runtime = await fetchAloud(spec);
    rows.push([spec, runtime?.version ?? '-', runtime?.path ?? 'not available']);
  }
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => row[column].length));
  for (const [spec, version, place] of rows) {
    console.log(`${spec.padEnd(width(0))}  ${version.padEnd(width(1))}  ${place}`);
  }
  return rows.some(([, version]) => version === '-') ? 1 : 0;
}

module.exports = { matrix, resolve, fetch };

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      console.error(error.message);
      process.exitCode = 2;
    },
  );
}
