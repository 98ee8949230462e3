// Asks the npm registry which versions there are and downloads their packages.

'use strict';

const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { RuntimeError, highest, packagesFor } = require('./names');

/** @typedef {import('./names').Kind} Kind */

const run = promisify(execFile);
const MINUTE = 60_000;
const NOT_PUBLISHED = ['E404', 'ETARGET', 'ENOVERSIONS'];

// npm's own retries would hold an offline developer up for half a minute.
const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-timeout=60000'];

/**
 * @param {string[]} args @param {{ cwd: string, timeout: number }} options
 * @returns {Promise<string>}
 */
async function npm(args, options) {
  try {
    return (await run('npm', [...args, '--json', '--silent', ...patience], options)).stdout;
  } catch (cause) {
    const { stdout, stderr, killed, code } = /** @type {any} */ (cause);
    const reported = /\bcode"?:? "?(E[A-Z0-9_]+)/.exec(`${stdout}${stderr}`)?.[1];
    const reason = reported ?? (killed ? 'no answer in time' : code);
    if (NOT_PUBLISHED.includes(reason)) {
      throw new RuntimeError(`The npm registry has no ${args[1]}.`, { published: false, cause });
    }
    throw new RuntimeError(`"npm ${args[0]} ${args[1]}" failed (${reason}).`, { cause });
  }
}

/**
 * @template T @param {string[]} names @param {(name: string) => Promise<T>} attempt
 * @returns {Promise<T>}
 */
async function firstPublished([name, ...others], attempt) {
  try {
    return await attempt(name);
  } catch (error) {
    if (others.length === 0 || !(error instanceof RuntimeError) || error.published) throw error;
    return firstPublished(others, attempt);
  }
}

/**
 * The exact version that `wanted` ("newest", "22", "1.2") stands for today.
 * @param {Kind} kind @param {string} wanted @param {string} cwd @returns {Promise<string>}
 */
async function lookUp(kind, wanted, cwd) {
  const range = wanted === 'newest' ? 'latest' : wanted;
  // Node's packages are published per platform, on different days.
  const names = kind === 'node' ? packagesFor(kind) : [kind];
  return firstPublished(names, async (name) => {
    const question = `${name}@${range}`;
    const answer = await npm(['view', question, 'version'], { cwd, timeout: MINUTE });
    // A range answers with a list, in order of publication rather than of version.
    const version = highest([JSON.parse(answer || '[]')].flat());
    if (version) return version;
    throw new RuntimeError(`The npm registry has no ${question}.`, { published: false });
  });
}

/** @param {Kind} kind @param {string} version @param {string} folder @returns {Promise<void>} */
async function download(kind, version, folder) {
  await firstPublished(packagesFor(kind), (name) =>
    npm(['pack', `${name}@${version}`, '--pack-destination', folder], {
      cwd: folder,
      timeout: 10 * MINUTE,
    }),
  );
}

module.exports = { lookUp, download };
