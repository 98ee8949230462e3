// Keeps the runtimes on disk: finds the ones that are there and lets several
// processes add to the same folder without seeing each other's half-done work.

'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { highest, isExact, programArgs } = require('./names');

/** @typedef {import('./names').Kind} Kind */
/** @typedef {import('./names').Request} Request */
/** @typedef {{ spec: string, kind: Kind, version: string, path: string, args: string[] }} Runtime */

const HOUR = 3600_000;
const LOOKUP_LIFETIME = 12 * HOUR;

/** @returns {string} */
function root() {
  const { SIGBRIDGE_CACHE, XDG_CACHE_HOME } = process.env;
  if (SIGBRIDGE_CACHE) return path.resolve(SIGBRIDGE_CACHE);
  // The XDG specification has relative paths ignored.
  const isUsable = XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME);
  const base = isUsable ? XDG_CACHE_HOME : path.join(os.homedir(), '.cache');
  return path.join(base, 'sigbridge', 'runtimes');
}

/** @param {Request} request @param {string} version @returns {Runtime | null} */
function findExact({ spec, kind }, version) {
  const binary = path.join(root(), `${kind}-${version}`, kind);
  if (!fs.existsSync(binary)) return null;
  return { spec, kind, version, path: binary, args: [...programArgs[kind]] };
}

/** @param {Request} request @returns {Runtime | null} */
function findNewest(request) {
  const { kind, wanted } = request;
  const versions = (fs.existsSync(root()) ? fs.readdirSync(root()) : [])
    .filter((name) => name.startsWith(`${kind}-`))
    .map((name) => name.slice(kind.length + 1))
    .filter((version) => wanted === 'newest' || `${version}.`.startsWith(`${wanted}.`))
    .filter((version) => isExact(version) && findExact(request, version));
  const version = highest(versions);
  return version ? findExact(request, version) : null;
}

const lookupsFile = () => path.join(root(), 'lookups.json');

/** @returns {Record<string, { version: string, at: number } | undefined>} */
function readLookups() {
  try {
    return Object(JSON.parse(fs.readFileSync(lookupsFile(), 'utf8')));
  } catch {
    // Absent or damaged: it only saves a question to the registry.
    return {};
  }
}

/** @param {string} spec @param {{ evenOld?: boolean }} [options] @returns {string | null} */
function recallLookup(spec, { evenOld = false } = {}) {
  const known = readLookups()[spec];
  if (!known || !isExact(known.version)) return null;
  // A clock set back must not keep an answer alive for years.
  const isFresh = Math.abs(Date.now() - known.at) < LOOKUP_LIFETIME;
  return isFresh || evenOld ? known.version : null;
}

/** @param {string} spec @param {string} version */
function rememberLookup(spec, version) {
  const draft = `${lookupsFile()}.${process.pid}.tmp`;
  const lookups = { ...readLookups(), [spec]: { version, at: Date.now() } };
  fs.writeFileSync(draft, `${JSON.stringify(lookups, null, 2)}\n`);
  fs.renameSync(draft, lookupsFile());
}

/** Killed fetches leave their folder behind. */
function sweepOldWork() {
  for (const name of fs.readdirSync(root()).filter((entry) => entry.startsWith('.tmp-'))) {
    const folder = path.join(root(), name);
    const touched = fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - touched > HOUR) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @template T @param {(folder: string) => Promise<T>} work @returns {Promise<T>} */
async function withWorkFolder(work) {
  sweepOldWork();
  // Inside the cache, because a rename is atomic only within one file system.
  const folder = fs.mkdtempSync(path.join(root(), '.tmp-'));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} kind @param {string} version @param {string} readyFolder */
function add(kind, version, readyFolder) {
  try {
    fs.renameSync(readyFolder, path.join(root(), `${kind}-${version}`));
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    // Another process finished the same runtime first, and its copy is as good.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

module.exports = { root, findExact, findNewest, recallLookup, rememberLookup, withWorkFolder, add };
