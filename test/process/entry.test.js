// The ways in: importing the package changes nothing, and `import` and `require` give the same. Settings that make no
// sense are said and ignored.
'use strict';

const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { expectSame } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');

eachRuntime((runtime) => {
  test('an import loads and changes nothing; the first call does', async () => {
    const fixture = start(runtime, 'entry.mjs');
    const { loaded, before, after } = await fixture.line('imported');
    expect(loaded).toBe(false);
    expectSame(runtime, before, after);
    const { names, common } = await fixture.line('names');
    expect(
      names.filter((/** @type {string} */ name) => !['default', 'module.exports'].includes(name)),
    ).toEqual(common);
    expect(await fixture.line('told')).toMatchObject({ name: 'SIGUSR2', loaded: true, same: true });
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  test.each(['0', '-1', 'many', '1e9', '2.5'])(
    'SIGBRIDGE_RING_CAPACITY=%s is said and ignored',
    async (setting) => {
      const fixture = start(runtime, 'overflow.js', {
        args: ['raise', 'SIGUSR2', 1],
        env: { SIGBRIDGE_RING_CAPACITY: setting },
      });
      expect(await fixture.line('warning')).toMatchObject({ code: 'SIGBRIDGE_SETTING' });
      expect((await fixture.line('episode')).ringCapacity).toBeGreaterThanOrEqual(4096);
      expect(await fixture.closed).toMatchObject({ code: 0 });
    },
  );
});
