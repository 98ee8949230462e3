// Builds under a sanitizer: whether the compiler has it, and the targets of CMakeLists.txt made with it. For the native
// tests, the addon in Node, and the fuzz targets.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { usableCache } = require('./build-folder');
const { generator } = require('./needs');

const root = path.resolve(__dirname, '../..');

// Of two jobs one compiles a sanitizer's test file for a gigabyte; more would not fit on a small machine.
const JOBS = '2';

/** What keeps a configuration from being run and is no failure. */
class Missing extends Error {}

/** @param {string} command @param {string[]} args @returns {Promise<{ ok: boolean, output: string }>} */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const onData = (/** @type {string} */ text) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', onData);
    child.stderr.setEncoding('utf8').on('data', onData);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** @param {string} text */
const lastLine = (text) => text.trim().split('\n').pop() ?? '';

/** As CMake chooses it. CXX may hold arguments, as in "ccache g++". */
const compiler = () => (process.env.CXX?.trim() || 'c++').split(/\s+/);

/** Whether the compiler has the sanitizer, and whether a program made with it starts here. @param {string} sanitizer */
function checkSanitizer(sanitizer) {
  probe(compiler(), sanitizer, 'int main() {}', []);
}

/** libFuzzer comes with Clang alone. @throws {Missing} @returns {string} the compiler's command */
function findFuzzer() {
  const candidates = [
    process.env.CLANGXX ?? '',
    'clang++',
    ...[21, 20, 19, 18, 17, 16, 15, 14].map((n) => `clang++-${n}`),
  ];
  const found = candidates.find((name) => name !== '' && spawnSync(name, ['--version']).status === 0);
  if (found === undefined) throw new Missing('there is no clang++ (Debian/Ubuntu: apt install clang)');
  const program =
    '#include <stddef.h>\n#include <stdint.h>\nextern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t) { return 0; }';
  probe([found], 'fuzzer,address,undefined', program, ['-runs=1']);
  return found;
}

/** @param {string[]} compiler @param {string} sanitizer @param {string} input @param {string[]} programArgs */
function probe([command, ...args], sanitizer, input, programArgs) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-'));
  try {
    const program = path.join(folder, 'probe');
    const flags = [...args, `-fsanitize=${sanitizer}`, '-pthread', '-x', 'c++', '-', '-o', program];
    const built = spawnSync(command, flags, { input, encoding: 'utf8' });
    if (built.status !== 0)
      throw new Missing(`no -fsanitize=${sanitizer} here: ${lastLine(built.stderr ?? '')}`);
    const started = spawnSync(program, programArgs, { encoding: 'utf8' });
    if (started.status !== 0)
      throw new Missing(`its programs do not start here: ${lastLine(started.stderr ?? '')}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/**
 * @param {{ folder: string, target: string, settings: string[], status: (text: string) => void }} wanted `folder` of
 *   build/, `settings` for CMake
 * @returns {Promise<string>} the folder's path
 */
async function build({ folder, target, settings, status }) {
  const place = path.join(root, 'build', folder);
  const known = usableCache(place, root);
  status(`configuring build/${folder}`);
  const configured = await run('cmake', [
    ...['-S', root, '-B', place, ...(known ? [] : ['-G', generator()]), '-DCMAKE_BUILD_TYPE=RelWithDebInfo'],
    ...['-DSIGBRIDGE_WERROR=ON', ...settings],
  ]);
  if (!configured.ok) {
    const hint = /GTest/.test(configured.output)
      ? ': GoogleTest is missing (Debian/Ubuntu: apt install libgtest-dev)'
      : '';
    throw new Error(`${configured.output}cannot configure build/${folder}${hint}`);
  }
  status(`building build/${folder}`);
  const built = await run('cmake', ['--build', place, '--target', target, '--parallel', JOBS]);
  if (!built.ok) throw new Error(`${built.output}cannot build build/${folder}`);
  return place;
}

/**
 * The sanitizers that the addon is tested with in Node. `library` comes with the compiler and has to be in the process before
 * the addon is; `folder` of build/.
 * @type {Record<string, { name: string, folder: string, library: string, options: Record<string, string> }>}
 */
const SANITIZERS = {
  asan: {
    name: 'address,undefined',
    folder: 'asan',
    library: 'libasan.so',
    options: {
      // detect_leaks: every allocation of the addon has frames of Node's above it, and Node leaves its own to the exit:
      // nothing would tell them apart. The native tests look for leaks, and the soak watches the memory.
      // handle_sigfpe: a test sends itself SIGFPE, and what stood before is called too: that was ASan's handler, which ends
      // the process. disable_coredump: a test wants one.
      ASAN_OPTIONS: 'detect_leaks=0:handle_sigfpe=0:disable_coredump=0:log_path={reports}',
      UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1:log_path={reports}',
    },
  },
  tsan: {
    name: 'thread',
    folder: 'tsan',
    library: 'libtsan.so',
    options: {
      // ignore_interceptors_accesses: Node is not instrumented, and orders its threads by atomics that TSan does not see.
      // What it does through the C library (free, memcpy, pthread_mutex_destroy) would be reported as races of its own
      // with itself, in node alone. Locks, threads and joins still count; so does every access of the addon's own code.
      TSAN_OPTIONS: 'ignore_interceptors_accesses=1:log_path={reports}',
    },
  },
};

/**
 * What a process needs in its environment to run with the instrumented addon.
 * @param {string} name of SANITIZERS
 * @param {string} reports what the files that reports go into begin with
 * @returns {Record<string, string>}
 */
function sanitizedEnvironment(name, reports) {
  const sanitizer = SANITIZERS[name];
  if (sanitizer === undefined)
    throw new Error(`no sanitizer '${name}'; there are ${Object.keys(SANITIZERS).join(', ')}`);
  const binary = path.join(root, 'build', sanitizer.folder, 'sigbridge.node');
  if (!fs.existsSync(binary)) throw new Missing(`there is no ${path.relative(root, binary)}`);
  const [command, ...args] = compiler();
  const found = spawnSync(command, [...args, `-print-file-name=${sanitizer.library}`], { encoding: 'utf8' });
  const library = found.stdout?.trim() ?? '';
  if (!path.isAbsolute(library)) throw new Missing(`the compiler has no ${sanitizer.library} to preload`);
  const options = Object.entries(sanitizer.options).map(([key, text]) => [
    key,
    text.replace('{reports}', reports),
  ]);
  return { SIGBRIDGE_BINARY: binary, LD_PRELOAD: library, ...Object.fromEntries(options) };
}

module.exports = { Missing, SANITIZERS, build, checkSanitizer, findFuzzer, sanitizedEnvironment };
