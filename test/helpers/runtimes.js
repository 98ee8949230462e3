// Which JavaScript runtimes the process tests run under, each as a describe block of its own. Jest side only.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('@jest/globals');
const { matrix, resolve } = require('../../scripts/runtimes');

/**
 * @typedef {{ name: string, spec: string, kind: 'node' | 'bun' | 'deno', version: string, path: string,
 *   args: string[] }} Runtime
 */
/** @typedef {{ spec: string, reason: string }} Missing */

const ROOT = path.resolve(__dirname, '../..');
const THIS_NODE = 'this node';
/** @type {Runtime} */
const thisNode = {
  name: `node ${process.versions.node}`,
  spec: THIS_NODE,
  kind: 'node',
  version: process.versions.node,
  path: process.execPath,
  args: [],
};
// Every test file asks again, in a process of its own: without a note each would wait for the network again.
const NOTES = path.join(ROOT, 'build/test-tools/missing-runtimes.json');
const NOTE_LIFETIME = 120_000;

/** SIGBRIDGE_RUNTIMES: nothing (a quick run), 'all' (the whole matrix), or specs with commas between. */
function wanted() {
  const setting = process.env.SIGBRIDGE_RUNTIMES ?? '';
  if (setting === '') return [THIS_NODE, 'bun@newest'];
  return setting === 'all' ? matrix : setting.split(',').map((spec) => spec.trim());
}

/** @returns {Record<string, { at: number, reason: string }>} */
function readNotes() {
  try {
    return Object(JSON.parse(fs.readFileSync(NOTES, 'utf8')));
  } catch {
    return {};
  }
}

/**
 * Jest collects tests synchronously, so the download has to be waited for here.
 * @param {string} spec
 * @returns {string | undefined} why it cannot be had
 */
function fetchNow(spec) {
  const note = readNotes()[spec];
  if (note !== undefined && Math.abs(Date.now() - note.at) < NOTE_LIFETIME) return note.reason;
  try {
    execFileSync(process.execPath, [path.join(ROOT, 'scripts/runtimes.js'), spec], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
    });
    return undefined;
  } catch (error) {
    const { stderr, message } = /** @type {Error & { stderr?: Buffer }} */ (error);
    const reason =
      String(stderr ?? '')
        .trim()
        .split('\n')[0] || message.split('\n')[0];
    fs.mkdirSync(path.dirname(NOTES), { recursive: true });
    fs.writeFileSync(NOTES, JSON.stringify({ ...readNotes(), [spec]: { at: Date.now(), reason } }));
    return reason;
  }
}

/**
 * @param {string} spec
 * @returns {Runtime | Missing}
 */
function find(spec) {
  if (spec === THIS_NODE) return thisNode;
  const reason = resolve(spec) === null ? fetchNow(spec) : undefined;
  const runtime = resolve(spec);
  if (runtime === null) return { spec, reason: reason ?? 'it is not in the cache' };
  return { ...runtime, name: `${runtime.kind} ${runtime.version}` };
}

/**
 * A describe block a runtime; one that cannot be had shows up as a skipped test that says why.
 * @param {(runtime: Runtime) => void} body
 */
function eachRuntime(body) {
  for (const spec of wanted()) {
    const found = find(spec);
    if ('reason' in found) {
      describe(spec, () => {
        test.skip(`not available: ${found.reason}`, () => {});
      });
    } else {
      describe(found.name, () => body(found));
    }
  }
}

module.exports = { ROOT, eachRuntime, thisNode };
