// guard(): the thread's mask and every disposition are afterwards what they were, whatever happens inside.
'use strict';

const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { blockable, numbersOf, openOf, suspendSignals } = require('./masks');
const { NEWEST, OLD_BUN, onRuntimes } = require('./runtimes');

/** @param {string} message */
const refused = (message) => ({ error: { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message } });
const EMPTY = { go: false, libraries: [], threads: [], handlers: [] };

/** @type {Record<string, unknown>} */
const RESULTS = {
  plain: { inside: expect.any(String), ended: EMPTY },
  'returns what fn returns': true,
  'native code returns NULL': true,
  nested: { outer: expect.any(String), inner: expect.any(String), outerAgain: expect.any(String) },
  'deep down and through a throw': 'bottom',
  'throws what fn throws': true,
  'an inner one throws, the outer goes on': { same: true, message: 'inside' },
  'fn changes the mask itself': true,
  're-entered from a getter and from a listener': expect.any(String),
  'no argument': refused('fn must be a function; got undefined'),
  'not a function': refused("fn must be a function; got './addon.node'"),
  'an async function': refused(
    'fn must be a synchronous function (signals are blocked until it returns); got function (anonymous)',
  ),
  'a promise': refused(
    'fn must be a synchronous function; it has returned a promise; got function (anonymous)',
  ),
  'options: not an object': refused('options must be an object; got 5'),
  'options.harden: not a boolean': refused('options.harden must be a boolean; got 1'),
};

onRuntimes([...NEWEST, OLD_BUN], (runtime) => {
  const needed = [built('actions')];
  /** @type {Promise<import('../helpers/fixture').Line[]> | undefined} */
  let ran;

  async function run() {
    const fixture = start(runtime, '../cgo/programs/guard.js');
    await fixture.line('end');
    expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
    expect(fixture.allOf('an async function ran')).toEqual([]);
    return fixture.allOf('case');
  }

  for (const where of ['nothing blocked', 'one blocked']) {
    for (const [name, result] of Object.entries(RESULTS)) {
      testWith(needed, `${where}: ${name}`, async () => {
        ran ??= run();
        const found = (await ran).find((line) => line.where === where && line.name === name);
        expect(found).toMatchObject({ same: true, result });
        expect(BigInt(`0x${found?.before}`)).toBe(where === 'nothing blocked' ? 0n : 1n << 11n);
      });
    }
  }

  testWith(needed, 'every signal is blocked inside, but the faults and the suspend signal', async () => {
    ran ??= run();
    for (const { name, result } of await ran) {
      if (name === 'plain') {
        const suspend = numbersOf(suspendSignals(runtime));
        expect(openOf(result.inside, blockable(runtime))).toEqual([]);
        expect(openOf(result.inside, suspend)).toEqual(suspend);
      }
      if (name !== 'nested') continue;
      expect(result.inner).toBe(result.outer);
      expect(result.outerAgain).toBe(result.outer);
    }
  });
});

test('guard.lastReport is undefined before the first', () => {
  expect(require('../../lib/index.js').guard.lastReport).toBeUndefined();
});
