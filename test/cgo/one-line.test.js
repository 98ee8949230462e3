// `import 'sigbridge/harden'`, `node -r sigbridge/harden`, `bun -r sigbridge/harden`: one line protects a program that
// knows nothing of it.
'use strict';

const path = require('node:path');
const { expect } = require('@jest/globals');
const { ROOT } = require('../helpers/runtimes');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { NEWEST, onRuntimes } = require('./runtimes');

const needed = [built('actions'), built('addon')];
const FILE = path.join(ROOT, 'lib/harden-now.js');

onRuntimes(NEWEST, (runtime) => {
  /**
   * @param {string} program
   * @param {string[]} [args] before it
   * @returns {Promise<any>}
   */
  async function shown(program, args = []) {
    const fixture = start({ ...runtime, args: [...runtime.args, ...args] }, `../cgo/programs/${program}`);
    const found = await fixture.line('shown');
    expect(await fixture.closed).toMatchObject({ code: 0 });
    return { ...found, imported: fixture.allOf('imported') };
  }

  testWith(needed, 'without it there is nothing', async () => {
    const { flags, go } = await shown('one-line.js');
    expect(flags).not.toContain('SA_ONSTACK');
    expect(go).toBe(null);
  });

  // Deno has --preload for ES modules alone; the import serves there.
  if (runtime.kind !== 'deno') {
    for (const name of ['sigbridge/harden', FILE]) {
      testWith(needed, `-r ${path.isAbsolute(name) ? 'FILE' : name}`, async () => {
        const { flags, go, work } = await shown('one-line.js', ['-r', name]);
        expect({ hardened: flags.includes('SA_ONSTACK'), go, work }).toEqual({
          hardened: true,
          go: true,
          work: 0,
        });
      });
    }
  }

  testWith(needed, "import 'sigbridge/harden'", async () => {
    const { flags, go, work, imported } = await shown('one-line.mjs');
    expect({ hardened: flags.includes('SA_ONSTACK'), go, work }).toEqual({
      hardened: true,
      go: true,
      work: 0,
    });
    expect(imported).toEqual([{ event: 'imported', repaired: true, undo: 'function' }]);
  });
});
