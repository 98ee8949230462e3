// Which binary is loaded, and what is said when none is: a copy of lib in a folder of its own, with other binaries or none.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterEach, beforeEach, expect, test } = require('@jest/globals');
const { target } = require('../../lib/target');

const ROOT = path.resolve(__dirname, '../..');
const BINARY = path.join(ROOT, 'build/Release/sigbridge.node');

/** @type {string} */
let folder;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-binary-')));
  fs.cpSync(path.join(ROOT, 'lib'), path.join(folder, 'lib'), { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** @param {string} name @param {'good' | 'broken'} kind */
function add(name, kind) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (kind === 'good') fs.copyFileSync(BINARY, file);
  else fs.writeFileSync(file, 'no library');
  return file;
}

const shipped = `prebuilds/${target()}.node`;
const local = 'build/Release/sigbridge.node';

/**
 * @param {Record<string, string>} [env]
 * @param {string} [first] JavaScript that runs before
 * @returns {any} `loaded`, the binary; or `code` and `message`
 */
function load(env = {}, first = '') {
  const program = `${first}
    try {
      require(${JSON.stringify(path.join(folder, 'lib'))}).validSignals();
      const loaded = Object.keys(require.cache).filter((file) => file.endsWith('.node'));
      console.log(JSON.stringify({ loaded }));
    } catch ({ code, message }) { console.log(JSON.stringify({ code, message })); }`;
  const { SIGBRIDGE_BUILD: _, ...kept } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    env: { ...kept, ...env },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test('the target is the platform, the libc and the processor of this process', () => {
  const { header } = /** @type {any} */ (process.report.getReport());
  const isMusl = process.platform === 'linux' && header.glibcVersionRuntime === undefined;
  expect(target()).toBe(`${process.platform}-${isMusl ? 'musl-' : ''}${process.arch}`);
});

test("the package's own comes first, unless the local build is asked for", () => {
  const [own, built] = [add(shipped, 'good'), add(local, 'good')];
  expect(load()).toEqual({ loaded: [own] });
  expect(load({ SIGBRIDGE_BUILD: 'local' })).toEqual({ loaded: [built] });
});

test('where the package has none, as in a clone, or one that does not load, the local build is taken', () => {
  const built = add(local, 'good');
  expect(load()).toEqual({ loaded: [built] });
  add(shipped, 'broken');
  expect(load()).toEqual({ loaded: [built] });
});

test('SIGBRIDGE_BINARY names the only one that is tried', () => {
  add(shipped, 'good');
  const named = add('other/place.node', 'good');
  expect(load({ SIGBRIDGE_BINARY: named })).toEqual({ loaded: [named] });
  const { code, message } = load({ SIGBRIDGE_BINARY: path.join(folder, 'nowhere.node') });
  expect(code).toBe('ERR_ADDON_LOAD');
  expect(message).toMatch(/Tried: \S+\/nowhere\.node \(it is not there\)\. SIGBRIDGE_BINARY names this file/);
});

test('when none loads, the error says what was found, what was tried and why not, and what to do', () => {
  add(shipped, 'broken');
  const { code, message } = load();
  expect(code).toBe('ERR_ADDON_LOAD');
  const { node, napi } = process.versions;
  expect(message).toContain(`no native binary for ${target()} (Node ${node}, Node-API ${napi}).`);
  expect(message).toMatch(
    /Tried: prebuilds\/\S+\.node \(.*(?:invalid ELF header|file too short|mach-o).*\); /,
  );
  expect(message).toContain(`${path.join(folder, local)} (it is not there)`);
  expect(message).toContain('Install it again here');
});

test('on a platform that the package has no binary for, the error lists those it has', () => {
  const { message } = load({}, "Object.defineProperty(process, 'arch', { value: 'riscv64' });");
  expect(message).toMatch(
    /no native binary for \w+(?:-musl)?-riscv64 .*The package brings linux-x64, .*freebsd-x64/,
  );
});

test('a runtime with an older Node-API is refused before anything is loaded', () => {
  add(shipped, 'broken');
  const { code, message } = load(
    {},
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '7' } });",
  );
  expect(code).toBe('ERR_UNSUPPORTED');
  expect(message).toMatch(/needs Node-API 8; this runtime is Node .*, Node-API 7$/);
});
