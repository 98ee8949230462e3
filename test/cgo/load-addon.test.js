// loadAddon(): a clear error for each thing that cannot be loaded, masks and handlers as before; and where it looks.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, beforeAll, expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { NEWEST, onRuntimes } = require('./runtimes');

const needed = ['actions', 'addon', 'notAnAddon', 'throwing'].map(built);
/** @type {string} */
let folder;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-loads-'));
  /** @param {string} name @param {string | Buffer} content */
  const write = (name, content) => fs.writeFileSync(path.join(folder, name), content);
  write('empty.node', '');
  write('text.node', 'module.exports = 1;\n');
  write('throwing.js', "throw new Error('out of cheese\\nsecond line');\n");
  write('throwing-null.js', 'throw null;\n');
  const addon = built('addon').path;
  if (addon === undefined) return;
  const other = fs.readFileSync(built('notAnAddon').path ?? '');
  // e_machine of ELF: AArch64, and on AArch64 x86-64.
  other.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
  write('other-architecture.node', other);
  write('relative.js', `module.exports = require(${JSON.stringify(addon)});\n`);
  fs.mkdirSync(path.join(folder, 'node_modules/has-addon'), { recursive: true });
  fs.copyFileSync(path.join(folder, 'relative.js'), path.join(folder, 'node_modules/has-addon/index.js'));
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** @param {string} message a part of it @param {string} [code] */
const failed = (message, code = 'ERR_ADDON_LOAD') => ({ code, message: expect.stringContaining(message) });
const argument = 'ERR_INVALID_ARG_TYPE';

/** @type {Record<string, () => unknown>} */
const REFUSED = {
  'no such file': () => failed(`cannot load '${folder}/nothing.node': no such file`),
  'no such package': () => failed("cannot load 'a-package-that-nobody-has': "),
  'a directory': () => failed(`cannot load '${folder}': `),
  'an empty file': () => failed(`cannot load '${folder}/empty.node': `),
  text: () => failed(`cannot load '${folder}/text.node': `),
  'a library that is no addon': () => failed('not_an_addon.node'),
  'another architecture': () => failed(`cannot load '${folder}/other-architecture.node': `),
  'an addon that throws': () => failed('this addon never starts'),
  'a module that throws': () => failed(`cannot load '${folder}/throwing.js': out of cheese`),
  'a module that throws no error': () => failed(`cannot load '${folder}/throwing-null.js': null`),
  'not a string': () => failed('pathOrSpecifier must be a string; got 42', argument),
  'an empty string': () => ({ code: expect.any(String) }),
  'from: not a place': () => failed('options.from must be a file name', argument),
  'from: a relative path': () => ({ code: expect.any(String), message: expect.stringContaining('from') }),
  'harden: not a boolean': () => failed('options.harden must be a boolean', argument),
};
const GOOD = [
  'path',
  'relative to the working directory',
  'relative to a file',
  'relative to a URL',
  "relative to a URL's text",
  'a package of the program',
];

onRuntimes(NEWEST, (runtime) => {
  /** @type {Promise<import('../helpers/fixture').Fixture> | undefined} */
  let ran;
  async function run() {
    const fixture = start(runtime, '../cgo/programs/refused-loads.js', { args: [folder] });
    await fixture.line('end');
    return fixture;
  }

  for (const [name, expected] of Object.entries(REFUSED)) {
    testWith(needed, `refused: ${name}`, async () => {
      ran ??= run();
      const found = (await ran).allOf('case').find((line) => line.name === name);
      expect(found).toMatchObject({ same: true });
      // Deno drops an exception of an addon's start.
      if (runtime.kind === 'deno' && name === 'an addon that throws') return;
      expect(found?.error).toMatchObject(/** @type {object} */ (expected()));
      expect(found?.error.message).not.toContain('\n');
    });
  }

  for (const name of GOOD) {
    testWith(needed, `loaded: ${name}`, async () => {
      ran ??= run();
      expect((await ran).allOf('good').find((line) => line.name === name)).toMatchObject({ works: true });
    });
  }
});
