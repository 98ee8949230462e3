// What a build needs of this machine, and what to install where it is missing.
'use strict';

const { spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const path = require('node:path');

const CMAKE_NEEDED = [3, 20];

const INSTALL =
  "Debian/Ubuntu: 'apt install cmake g++ make'; Fedora: 'dnf install cmake gcc-c++ make'; " +
  "Alpine: 'apk add cmake g++ make'; macOS: 'xcode-select --install' and 'brew install cmake'";

// What the sources lean on that the last compilers before C++20 do not have.
const SAMPLE = `
#include <span>
enum class Kind { one };
using enum Kind;
int main() { std::span<int> nothing; return static_cast<int>(nothing.size()) + (one == Kind::one ? 0 : 1); }
`;

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 * @returns {string | undefined} what it printed; undefined when it is not there or failed
 */
function ask(command, args, input = '') {
  const { status, stdout } = spawnSync(command, args, {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

/** @returns {string | undefined} what is wrong with cmake */
function cmakeProblem() {
  const version = ask('cmake', ['--version'])?.match(/(\d+)\.(\d+)[.\d]*/);
  const needed = CMAKE_NEEDED.join('.');
  if (!version) return `cmake (${needed} or newer)`;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const isOld = major < CMAKE_NEEDED[0] || (major === CMAKE_NEEDED[0] && minor < CMAKE_NEEDED[1]);
  return isOld ? `cmake ${needed} or newer (here is ${version[0]})` : undefined;
}

/** As CMake chooses it. @returns {string[] | undefined} */
function compiler() {
  // CXX may hold arguments, as in "ccache g++".
  const chosen = process.env.CXX?.trim().split(/\s+/);
  if (chosen?.[0]) return chosen;
  const found = ['c++', 'g++', 'clang++'].find((name) => ask(name, ['--version']) !== undefined);
  return found === undefined ? undefined : [found];
}

/** @returns {string | undefined} what is wrong with the compiler */
function compilerProblem() {
  const needed = 'a C++20 compiler (g++ 11, clang++ 13 or newer)';
  const found = compiler();
  if (found === undefined) return needed;
  const [command, ...args] = found;
  const answer = ask(command, [...args, '-std=c++20', '-x', 'c++', '-fsyntax-only', '-'], SAMPLE);
  return answer === undefined ? `${needed}; '${found.join(' ')}' is none` : undefined;
}

function hasNinja() {
  return ask('ninja', ['--version']) !== undefined;
}

/** For a build folder that has none yet. */
function generator() {
  return hasNinja() ? 'Ninja' : 'Unix Makefiles';
}

/** @returns {string | undefined} one sentence */
function missingTools() {
  const hasMake = () => ask('make', ['--version']) !== undefined || ask('gmake', ['--version']) !== undefined;
  const problems = [
    cmakeProblem(),
    compilerProblem(),
    hasNinja() || hasMake() ? undefined : 'ninja or make',
  ].filter((problem) => problem !== undefined);
  return problems.length === 0 ? undefined : `the build needs ${problems.join(' and ')}. ${INSTALL}`;
}

/**
 * @param {string} root
 * @returns {string | undefined} one sentence
 */
function missingPackages(root) {
  const find = createRequire(path.join(root, 'package.json'));
  try {
    find.resolve('node-addon-api');
    find.resolve('node-api-headers');
    return undefined;
  } catch {
    // npm has just installed, and left these out.
    return process.env.npm_lifecycle_event === 'prepare'
      ? "the build needs the development dependencies: 'npm install --include=dev'"
      : "the dependencies are not installed: run 'npm install' first";
  }
}

module.exports = { generator, missingPackages, missingTools };
