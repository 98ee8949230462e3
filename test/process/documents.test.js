// Every JavaScript block of README.md and docs/*.md is a program that parses and runs.
'use strict';

const path = require('node:path');
const { beforeAll, describe, expect, test } = require('@jest/globals');
const { blocksOf, documents, prepareFolder, writeProgram } = require('../helpers/documents');
const { start } = require('../helpers/fixture');
const { ROOT, eachRuntime } = require('../helpers/runtimes');

const FIXTURES = path.join(ROOT, 'test/fixtures');

const all = documents().map((document) => ({ document, blocks: blocksOf(document) }));

/**
 * Blocks of which more is known than that they run, by what stands in them.
 * @type {{ has: string, stdout?: RegExp, signal?: string }[]}
 */
const KNOWN = [
  { has: 'SIGRTMIN+1 from 4711', stdout: /^SIGRTMIN\+1 from \d+: SI_QUEUE, value 42, 1 time\(s\)$/m },
  { has: '4711: CLD_EXITED 3', stdout: /^4711: CLD_EXITED 3$/m },
  { has: "exitBySignal('SIGTERM')", stdout: /^a report$/m, signal: 'SIGTERM' },
];

beforeAll(prepareFolder);

test('there are such blocks', () => {
  expect(all.flatMap(({ blocks }) => blocks).length).toBeGreaterThan(20);
  const found = KNOWN.filter(({ has }) =>
    all.some(({ blocks }) => blocks.some(({ code }) => code.includes(has))),
  );
  expect(found).toEqual(KNOWN);
});

test('a block that awaits at its top level is an ES module', () => {
  const wrong = all
    .flatMap(({ blocks }) => blocks)
    .filter(
      ({ code }) => /^(?:[^ ].* )?await /m.test(code) && /\brequire\(/.test(code.replace(/`[^`]*`/g, '')),
    );
  expect(wrong.map(({ document, line }) => `${document}:${line}`)).toEqual([]);
});

eachRuntime((runtime) => {
  describe('the code of', () => {
    for (const { document, blocks } of all) {
      if (blocks.length === 0) continue;
      test(document, async () => {
        await Promise.all(
          blocks.map(async (block) => {
            const { stdout: said, signal = null } = KNOWN.find(({ has }) => block.code.includes(has)) ?? {};
            const file = writeProgram(block);
            const { stdout, stderr, ...ending } = await start(runtime, path.relative(FIXTURES, file)).closed;
            const at = `${document}:${block.line}`;
            expect({ at, stderr, ...ending }).toEqual({
              at,
              stderr: '',
              code: signal === null ? 0 : null,
              signal,
            });
            expect(stdout).toMatch(said ?? /^ran$/m);
          }),
        );
      });
    }
  });
});
