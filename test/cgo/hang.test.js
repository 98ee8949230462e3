// The hang matrix: Bun 1.2's garbage collector and Go calls on pool threads. Without protection it hangs: that is
// reported, not demanded. Other versions are no worse off with protection than without.
'use strict';

const { expect } = require('@jest/globals');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { HANGING, OLD_BUN, REPEAT, onRuntimes } = require('./runtimes');
const { runTrial } = require('./trial');

const needed = [built('addon'), built('library'), built('loader')];
// Without a hang it takes well under a second.
const HUNG_AFTER = 8000;
const OTHERS = [OLD_BUN, 'bun@1.3.0', 'bun@newest'];

onRuntimes([...HANGING, ...OTHERS], (runtime) => {
  // The Go library hangs Bun alone.
  if (runtime.kind !== 'bun') return;
  const trial = (/** @type {import('./trial').Mode} */ mode, deadline = 60_000) =>
    runTrial({ kind: 'hang', mode, runtime, deadline });

  for (const mode of /** @type {const} */ (['none', 'library-unguarded'])) {
    testWith(
      needed,
      `unprotected (${mode}): reported only`,
      async () => {
        const { outcome } = await trial(mode, HUNG_AFTER);
        const expected = HANGING.includes(`bun@${runtime.version}`) ? 'hung' : 'lived';
        if (outcome !== expected)
          console.warn(`${runtime.name} without protection: ${outcome}, was ${expected} before`);
        expect(['lived', 'hung']).toContain(outcome);
      },
      120_000,
    );
  }

  for (const [mode, title] of /** @type {const} */ ([
    ['mask', 'guard alone'],
    ['guard', 'guard + harden'],
    ['harden', 'harden'],
    ['launcher', 'launcher'],
    ['library', 'guard around a plain library'],
  ])) {
    testWith(
      needed,
      `${title}: finishes, ${REPEAT} of ${REPEAT}`,
      async () => {
        for (let repeat = 1; repeat <= REPEAT; repeat++) {
          const { outcome, how } = await trial(mode);
          expect({ repeat, outcome, how }).toEqual({ repeat, outcome: 'lived', how: 'exit code 0' });
        }
      },
      60_000 + REPEAT * 60_000,
    );
  }
});
