// Builds the Go libraries and small C programs of test/cgo/fixtures into build/test-cgo, each once a change of its
// sources. What cannot be built here says why, and the tests that need it are skipped by name. No Jest in here: the
// matrix script uses it too.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { include } = require('../../lib/index.js');

/** @typedef {{ path: string, missing?: undefined } | { path?: undefined, missing: string }} Built */
/** @typedef {{ needs: string, output: string, sources: string[], command: (draft: string) => string[],
 *   folder?: string, env?: Record<string, string> }} Recipe */

const ROOT = path.resolve(__dirname, '../..');
const FIXTURES = path.join(__dirname, 'fixtures');
const NATIVE = path.join(FIXTURES, 'native');
const OUTPUT = path.join(ROOT, 'build/test-cgo');

const nodeApi = () => require('node-api-headers').include_dir;

/**
 * A folder of Go as a c-shared library.
 * @param {string} name
 * @param {string} suffix
 * @param {string} folder
 * @returns {Recipe}
 */
function go(name, suffix, folder = path.join(FIXTURES, name)) {
  return {
    needs: 'go',
    output: name + suffix,
    folder,
    sources: [folder, NATIVE],
    command: (draft) => [
      ...['go', 'build', '-buildmode=c-shared', '-buildvcs=false', '-trimpath', '-ldflags=-s -w'],
      ...['-o', draft, '.'],
    ],
    // On for all of Go's own C code too: no warnings in here.
    env: {
      CGO_ENABLED: '1',
      CGO_CFLAGS: `-O1 -I${nodeApi()} -I${include}`,
      GOFLAGS: '-mod=mod',
      GOTOOLCHAIN: 'local',
    },
  };
}

/**
 * A C or C++ file of fixtures/native as a Node-API addon.
 * @param {string} file
 * @param {string} compiler
 * @param {string} standard
 * @returns {Recipe}
 */
function addon(file, compiler = 'cc', standard = 'c11') {
  return {
    needs: compiler,
    output: `${path.parse(file).name}.node`,
    sources: [NATIVE, include],
    command: (draft) => [
      ...[
        compiler,
        `-std=${standard}`,
        '-D_GNU_SOURCE',
        '-O1',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-shared',
        '-fPIC',
        '-pthread',
      ],
      ...[`-I${nodeApi()}`, `-I${include}`, '-o', draft, path.join(NATIVE, file), '-ldl'],
    ],
  };
}

/** @type {Record<string, () => Recipe>} */
const RECIPES = {
  addon: () => go('addon', '.node'),
  example: () => go('example', '.node', path.join(ROOT, 'examples/cgo/addon')),
  library: () => go('library', '.so'),
  masked: () => go('masked', '.node'),
  storm: () => ({
    needs: 'cc',
    output: 'storm',
    sources: [NATIVE],
    command: (draft) => ['cc', '-O1', '-Wall', '-Wextra', '-o', draft, path.join(NATIVE, 'storm.c')],
  }),
  loader: () => addon('loader.c'),
  signalfd: () => addon('signalfd.c'),
  actions: () => addon('actions.c'),
  ordinary: () => addon('ordinary.c'),
  throwing: () => addon('throwing_addon.c'),
  notAnAddon: () => addon('not_an_addon.c'),
  maskedC: () => addon('masked_c.c'),
  maskedCpp: () => addon('masked_cpp.cc', 'c++', 'c++20'),
};

/** @param {string[]} sources files and folders */
function newest(sources) {
  const files = sources.flatMap((source) =>
    fs.readdirSync(source, { recursive: true }).map((name) => path.join(source, String(name))),
  );
  return Math.max(...files.map((file) => fs.statSync(file).mtimeMs), fs.statSync(__filename).mtimeMs);
}

/** @param {string} name a key of RECIPES @returns {Built} */
function build(name) {
  const { needs, output, sources, command, folder, env } = RECIPES[name]();
  const file = path.join(OUTPUT, output);
  const made = fs.statSync(file, { throwIfNoEntry: false });
  if (made !== undefined && made.mtimeMs >= newest(sources)) return { path: file };
  fs.mkdirSync(OUTPUT, { recursive: true });
  // Two test files may build the same thing at the same moment.
  const draft = path.join(OUTPUT, `draft-${process.pid}-${output}`);
  const [program, ...args] = command(draft);
  try {
    execFileSync(program, args, { cwd: folder ?? OUTPUT, env: { ...process.env, ...env }, stdio: 'pipe' });
  } catch (error) {
    const { code, stderr } = /** @type {NodeJS.ErrnoException & { stderr?: Buffer }} */ (error);
    if (code === 'ENOENT') return { missing: `there is no ${needs} to build ${output} with` };
    throw new Error(`${needs} refused ${output}\n${stderr}`);
  }
  // Go's header of the exported functions.
  if (folder !== undefined) fs.rmSync(`${draft.slice(0, -path.extname(draft).length)}.h`, { force: true });
  fs.renameSync(draft, file);
  return { path: file };
}

/** @type {Map<string, Built>} */
const known = new Map();

/** @param {string} name a key of RECIPES @returns {Built} */
function built(name) {
  const result = known.get(name) ?? build(name);
  known.set(name, result);
  return result;
}

module.exports = { FIXTURES, OUTPUT, ROOT, built };

if (require.main === module) {
  for (const name of Object.keys(RECIPES)) {
    const { path: file, missing } = built(name);
    console.log(`${name.padEnd(12)} ${file ?? missing}`);
  }
}
