// <sigbridge/masked_thread.h> in a third addon, in C and in C++20, and in cgo's C code.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { describe, expect, test } = require('@jest/globals');
const { include } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { OPENED_BY_GO, blockable, openOf } = require('./masks');
const { NEWEST, onRuntimes } = require('./runtimes');

const MIB = 1024 * 1024;
const [EAGAIN, ENOMEM, EINVAL] = [11, 12, 22];
// The header knows nothing of a JavaScript runtime: the suspend signal is blocked too.
const everything = blockable({ kind: 'node', version: process.versions.node });

test("require('sigbridge').include names the folder", () => {
  expect(fs.existsSync(path.join(include, 'sigbridge/masked_thread.h'))).toBe(true);
});

onRuntimes(NEWEST, (runtime) => {
  /** @param {string} which */
  async function run(which) {
    const fixture = start(runtime, '../cgo/programs/masked-thread.js', { args: [which] });
    await fixture.line('end');
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
    return (/** @type {string} */ event) => fixture.allOf(event)[0];
  }

  for (const [which, name] of Object.entries({ maskedC: 'masked_c', maskedCpp: 'masked_cpp' })) {
    describe(which === 'maskedC' ? 'in C' : 'in C++20', () => {
      testWith([built(which)], 'every signal is blocked, 8 MiB of stack, the caller as before', async () => {
        const { failure, blocked, stack, before, after } = (await run(name))('default');
        expect({ failure, open: openOf(blocked, everything), after }).toEqual({
          failure: 0,
          open: [],
          after: before,
        });
        expect(stack).toBe(8 * MIB);
        // SIGUSR2 blocked, the rest open: neither all nor nothing.
        expect(openOf(before, [12, 10])).toEqual([10]);
      });

      testWith([built(which)], 'a stack of your size', async () => {
        expect((await run(name))('small')).toMatchObject({ failure: 0, stack: MIB / 4 });
      });

      testWith([built(which)], 'a thread that cannot be made: its error, the caller as before', async () => {
        const found = await run(name);
        const huge = found('huge');
        expect([EAGAIN, ENOMEM, EINVAL]).toContain(huge.failure);
        expect(huge.after).toBe(huge.before);
        expect(found('tiny')).toMatchObject({ failure: EINVAL, after: found('tiny').before });
      });

      if (which !== 'maskedCpp') return;
      testWith([built(which)], 'stop token, move, assignment and destructor', async () => {
        expect((await run(name))('end').stops).toBe(4);
      });
    });
  }

  testWith([built('masked')], 'in the C code of cgo: the thread calls Go and stays masked', async () => {
    const { failure, twice, stack, blocked, afterGo, before, after } = (await run('masked'))('default');
    expect({ failure, twice, stack, after }).toEqual({
      failure: 0,
      twice: 42,
      stack: 8 * MIB,
      after: before,
    });
    expect(openOf(blocked, everything)).toEqual([]);
    expect(openOf(afterGo, everything).filter((number) => !OPENED_BY_GO.includes(number))).toEqual([]);
  });
});
