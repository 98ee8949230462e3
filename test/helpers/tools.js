// Compiles the small C programs of test/native-tools into build/test-tools, once a change of their source. A test
// that needs one is skipped by name when there is no C compiler. Jest side only.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('@jest/globals');
const { ROOT } = require('./runtimes');

/** @typedef {{ path: string, missing?: undefined } | { path?: undefined, missing: string }} Tool */
/** @typedef {'program' | 'preload' | 'addon'} Kind */

const SOURCES = path.join(ROOT, 'test/native-tools');
const OUTPUT = path.join(ROOT, 'build/test-tools');

/** @type {Record<Kind, () => { suffix: string, flags: string[], libraries: string[] }>} */
const RECIPES = {
  program: () => ({ suffix: '', flags: [], libraries: [] }),
  preload: () => ({ suffix: '.so', flags: ['-shared', '-fPIC'], libraries: ['-ldl'] }),
  addon: () => ({
    suffix: '.node',
    flags: ['-shared', '-fPIC', `-I${require('node-api-headers').include_dir}`],
    libraries: [],
  }),
};

/**
 * @param {string} name of a C file in test/native-tools, without the .c
 * @param {Kind} kind
 * @returns {Tool}
 */
function tool(name, kind) {
  const { suffix, flags, libraries } = RECIPES[kind]();
  const source = path.join(SOURCES, `${name}.c`);
  const output = path.join(OUTPUT, name + suffix);
  const made = fs.statSync(output, { throwIfNoEntry: false });
  if (made !== undefined && made.mtimeMs >= fs.statSync(source).mtimeMs) return { path: output };
  fs.mkdirSync(OUTPUT, { recursive: true });
  // Two test files may compile the same tool at the same moment.
  const draft = `${output}.${process.pid}`;
  try {
    execFileSync('cc', ['-O1', '-Wall', '-Wextra', ...flags, '-o', draft, source, ...libraries], {
      stdio: 'pipe',
    });
  } catch (error) {
    const { code, stderr } = /** @type {NodeJS.ErrnoException & { stderr?: Buffer }} */ (error);
    if (code === 'ENOENT') return { missing: `there is no cc to compile ${name}.c with` };
    throw new Error(`cc refused test/native-tools/${name}.c\n${stderr}`);
  }
  fs.renameSync(draft, output);
  return { path: output };
}

/** @returns {Tool} */
function findStrace() {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return { path: 'strace' };
  } catch {
    return { missing: 'strace is not there, or may not trace' };
  }
}

/**
 * A test that runs only when all its tools are there.
 * @param {Tool[]} tools
 * @param {string} title
 * @param {() => Promise<void>} body
 * @param {number} [timeout]
 */
function testWith(tools, title, body, timeout) {
  const absent = tools.find((one) => one.missing !== undefined);
  if (absent !== undefined) {
    test.skip(`${title} (${absent.missing})`, body);
  } else {
    test(title, body, timeout);
  }
}

module.exports = { findStrace, testWith, tool };
