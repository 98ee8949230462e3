// scripts/build.js with tools that only pretend: what it says when something is missing, when the compiler refuses,
// when all is well; and when it has nothing to do.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterEach, beforeEach, expect, test } = require('@jest/globals');
const { target } = require('../../lib/target');

const ROOT = path.resolve(__dirname, '../..');

// Each file it "compiles" is empty; FAIL makes it fail, in the way that ninja shows it.
const CMAKE = `
case "$1" in
  --version) echo "cmake version \${CMAKE_VERSION:-3.25.1}" ;;
  -S) [ -z "$FAIL_CONFIGURE" ] || { echo "CMake Error: no headers" >&2; exit 1; }
    echo "$@" > "$4/arguments" ;;
  --build)
    echo "[1/2] Building CXX object hub.cc.o"
    if [ -n "$FAIL" ]; then echo "FAILED: hub.cc.o"; echo "hub.cc:216:6: error: expected initializer"; exit 1; fi
    : > "$2/sigbridge.node"; : > "$2/sigbridge_preload.so"; : > "$2/sigbridge_preload.dylib" ;;
esac`;

/** @type {string} a clone with the scripts, and with sources that nobody compiles */
let clone;
/** @type {string} the only folder in its PATH */
let bin;

/** @param {string} name @param {string} [script] */
function tool(name, script = 'exit 0') {
  fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** @param {string[]} args @param {Record<string, string>} [env] */
function build(args = [], env = {}) {
  const program = path.join(clone, 'scripts/build.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { PATH: bin, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const said = /^sigbridge: build\/Release\/sigbridge\.node built, 0 KiB, \d+\.\d s\n$/;
const silence = { status: 0, stdout: '', stderr: '' };

beforeEach(() => {
  clone = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-build-'));
  bin = path.join(clone, 'bin');
  for (const folder of ['bin', 'src/posix', 'build/Release'])
    fs.mkdirSync(path.join(clone, folder), { recursive: true });
  for (const name of ['package.json', 'CMakeLists.txt'])
    fs.copyFileSync(path.join(ROOT, name), path.join(clone, name));
  fs.cpSync(path.join(ROOT, 'scripts'), path.join(clone, 'scripts'), { recursive: true });
  fs.mkdirSync(path.join(clone, 'lib'));
  fs.copyFileSync(path.join(ROOT, 'lib/target.js'), path.join(clone, 'lib/target.js'));
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(clone, 'node_modules'));
  fs.writeFileSync(path.join(clone, 'src/posix/hub.cc'), '');
  tool('cmake', CMAKE);
  tool('c++');
  tool('ninja');
});

afterEach(() => {
  fs.rmSync(clone, { recursive: true, force: true });
});

test('says one line when all goes well', () => {
  expect(build()).toEqual({ status: 0, stdout: expect.stringMatching(said), stderr: '' });
});

test('takes warnings for errors in a clone, not in a build for a dependent', () => {
  const configured = () => fs.readFileSync(path.join(clone, 'build/Release/arguments'), 'utf8');
  build();
  expect(configured()).toContain('-DSIGBRIDGE_WERROR=ON');
  // npm builds a git dependency in a folder of its cache.
  build([], { _PACOTE_NO_PREPARE_: 'git+ssh://git@example.org/sigbridge.git' });
  expect(configured()).toContain('-DSIGBRIDGE_WERROR=OFF');
});

test('for a dependent it puts what it has built where a package has it, and not for a clone', () => {
  const packed = path.join(clone, 'prebuilds', `${target()}.node`);
  build();
  expect(fs.existsSync(packed)).toBe(false);
  build([], { _PACOTE_NO_PREPARE_: 'git+ssh://git@example.org/sigbridge.git' });
  expect(fs.existsSync(packed)).toBe(true);
});

test('keeps its line out of what npm prints for prepare', () => {
  const env = { npm_lifecycle_event: 'prepare' };
  expect(build([], env)).toEqual({ status: 0, stdout: '', stderr: expect.stringMatching(said) });
});

test.each([
  ['cmake', () => fs.rmSync(path.join(bin, 'cmake')), {}, 'cmake (3.20 or newer)'],
  ['a newer cmake', () => {}, { CMAKE_VERSION: '3.18.4' }, 'cmake 3.20 or newer (here is 3.18.4)'],
  ['a compiler', () => fs.rmSync(path.join(bin, 'c++')), {}, 'a C++20 compiler'],
  ['a compiler for C++20', () => tool('c++', '[ "$1" = --version ]'), {}, "'c++' is none"],
  ['the compiler that CXX names', () => {}, { CXX: 'ccache g++-99' }, "'ccache g++-99' is none"],
  ['ninja and make', () => fs.rmSync(path.join(bin, 'ninja')), {}, 'ninja or make'],
])('without %s it says in one line what to install', (_what, take, env, words) => {
  take();
  const { status, stdout, stderr } = build([], env);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^sigbridge: the build needs [^\n]*\n$/);
  for (const word of [words, 'Debian/Ubuntu', 'Fedora', 'Alpine', 'macOS']) expect(stderr).toContain(word);
});

test('npm pack does not need the tools', () => {
  fs.rmSync(path.join(bin, 'cmake'));
  const { status, stdout, stderr } = build([], { npm_command: 'pack', npm_lifecycle_event: 'prepare' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr).toMatch(/^sigbridge: the build needs cmake/);
});

test.each([[[]], [['--if-missing']], [['--if-stale']]])(
  'without node_modules it asks for npm install: %j',
  (args) => {
    fs.rmSync(path.join(clone, 'node_modules'));
    const { status, stderr } = build(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^sigbridge: [^\n]*'npm install'[^\n]*\n$/);
  },
);

test("shows the compiler's words when it refuses, without the progress", () => {
  const { status, stdout, stderr } = build([], { FAIL: '1' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('hub.cc:216:6: error: expected initializer');
  expect(stderr).toMatch(/sigbridge: build\/Release\/sigbridge\.node could not be built[^\n]*\n$/);
  expect(stderr).not.toContain('[1/2]');
});

test("shows CMake's words when it refuses", () => {
  const { status, stderr } = build([], { FAIL_CONFIGURE: '1' });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /CMake Error: no headers\nsigbridge: cmake could not configure build\/Release[^\n]*\n$/,
  );
});

test('--if-missing builds only what is not there', () => {
  expect(build(['--if-missing']).stdout).toMatch(said);
  fs.utimesSync(path.join(clone, 'src/posix/hub.cc'), new Date(), new Date(Date.now() + 60_000));
  expect(build(['--if-missing'])).toEqual(silence);
});

test('--if-stale builds when a source was changed, added or taken away since', () => {
  // The clone is older than what is built from it.
  const past = new Date(Date.now() - 60_000);
  const everything = ['CMakeLists.txt', 'src', 'src/posix', 'src/posix/hub.cc'].map((name) =>
    path.join(clone, name),
  );
  const settle = () => {
    for (const file of everything) if (fs.existsSync(file)) fs.utimesSync(file, past, past);
    expect(build(['--if-stale'])).toEqual(silence);
  };
  const later = new Date(Date.now() + 60_000);
  expect(build(['--if-stale']).stdout).toMatch(said);
  settle();
  for (const file of everything) {
    fs.utimesSync(file, later, later);
    expect(build(['--if-stale']).stdout).toMatch(said);
    settle();
  }
  fs.rmSync(path.join(clone, 'src/posix/hub.cc'));
  fs.utimesSync(path.join(clone, 'src/posix'), later, later);
  expect(build(['--if-stale']).stdout).toMatch(said);
});

test('a build folder that was copied from elsewhere is begun anew', () => {
  const cache = path.join(clone, 'build/Release/CMakeCache.txt');
  fs.writeFileSync(
    cache,
    `CMAKE_HOME_DIRECTORY:INTERNAL=${ROOT}\nCMAKE_CXX_COMPILER:FILEPATH=${process.execPath}\n`,
  );
  expect(build().stdout).toMatch(said);
  expect(fs.existsSync(cache)).toBe(false);
});

test('on Windows there is nothing to build', () => {
  const program = path.join(clone, 'scripts/build.js');
  const script = `Object.defineProperty(process, 'platform', { value: 'win32' }); require(${JSON.stringify(program)})`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], {
    env: { PATH: '' },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^sigbridge: Windows [^\n]* nothing to build\n$/);
});
