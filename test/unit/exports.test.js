// What the package gives, and that taking it costs nothing: CommonJS, ESM and binding.d.ts name the same values, the
// native side has what lib/native.d.ts says, and importing leaves the process as it was.
'use strict';

const path = require('node:path');
const { describe, expect, test } = require('@jest/globals');
const ts = require('typescript');
const { start } = require('../helpers/fixture');
const { thisNode } = require('../helpers/runtimes');

const ROOT = path.resolve(__dirname, '../..');
/** @type {typeof import('../../binding')} */
const sigbridge = require('../../lib');

const program = ts.createProgram([path.join(ROOT, 'binding.d.ts'), path.join(ROOT, 'lib/native.d.ts')], {
  noLib: true,
  types: [],
});
const checker = program.getTypeChecker();

/** @param {string} file */
function exportsOf(file) {
  const source = program.getSourceFile(path.join(ROOT, file));
  const symbol = source && checker.getSymbolAtLocation(source);
  return symbol ? checker.getExportsOfModule(symbol) : [];
}

const declared = exportsOf('binding.d.ts')
  .filter((symbol) => (symbol.flags & ts.SymbolFlags.Value) !== 0)
  .map((symbol) => symbol.name)
  .sort();

describe('the names', () => {
  test('of CommonJS are the values that binding.d.ts declares', () => {
    expect(declared).toContain('onSignal');
    expect(Object.keys(sigbridge).sort()).toEqual(declared);
  });

  test('of ESM are those of CommonJS, and stand for the same things', async () => {
    const { required, imported, differing } = await start(thisNode, 'import-only.js').line('exports');
    expect(required).toEqual(declared);
    expect(imported).toEqual(declared);
    expect(differing).toEqual([]);
  });

  test('of the native side are those of lib/native.d.ts', () => {
    const native = exportsOf('lib/native.d.ts').find((symbol) => symbol.name === 'Native');
    if (native === undefined) throw new Error('lib/native.d.ts has no Native');
    const members = checker.getDeclaredTypeOfSymbol(native).getProperties();
    const binary = require('../../build/Release/sigbridge.node');
    expect(Object.keys(binary).sort()).toEqual(members.map((member) => member.name).sort());
  });
});

(process.platform === 'linux' ? describe : describe.skip)('importing', () => {
  test('changes nothing: no handler, thread, descriptor, listener or variable, no native code', async () => {
    const { before, afterRequire, afterImport } = await start(thisNode, 'import-only.js').line('states');
    expect(before.binaries).toEqual([]);
    expect(afterRequire).toEqual(before);
    expect(afterImport).toEqual(before);
  });

  test('and asking for a name loads the native code and does no more', async () => {
    const { before, afterNames } = await start(thisNode, 'import-only.js').line('states');
    expect(afterNames.binaries).toEqual([expect.stringMatching(/sigbridge\.node$/)]);
    expect({ ...afterNames, binaries: [] }).toEqual(before);
  });
});
