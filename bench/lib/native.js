// Compiles the C parts into build/bench, when they are missing or older than their sources.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const sources = path.join(__dirname, '..', 'native');
const target = path.join(__dirname, '..', '..', 'build', 'bench');

/** @param {string} file */
const changed = (file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * @param {string} program
 * @returns {string} the path of its binary
 */
function compile(program) {
  const binary = path.join(target, program);
  const newest = Math.max(...fs.readdirSync(sources).map((name) => changed(path.join(sources, name))));
  if (changed(binary) >= newest) return binary;
  fs.mkdirSync(target, { recursive: true });
  const compiler = process.env.CC || 'cc';
  try {
    execFileSync(compiler, ['-O2', '-Wall', '-Wextra', '-o', binary, path.join(sources, `${program}.c`)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Error(
      missing ? `no C compiler '${compiler}': install one, or set CC` : `${program}.c: ${error}`,
    );
  }
  return binary;
}

module.exports = { compile };
