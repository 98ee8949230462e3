// The storm matrix: a program with Go in it lives through storms of signals with each protection, and all its
// listeners are still called. Without protection it dies: that is reported, not demanded.
'use strict';

const { describe, expect } = require('@jest/globals');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { NEWEST, REPEAT, onRuntimes } = require('./runtimes');
const { runTrial } = require('./trial');

const needed = [built('addon'), built('storm')];
const STORMS = {
  storm: 'six senders of 40,000 kill() over six signals',
  tgkill: 'a tgkill() storm over every thread',
  // Go leaves SIGCHLD open on all its threads.
  children: 'six senders of 40,000 SIGCHLD to a program that has a child',
};

onRuntimes(NEWEST, (runtime) => {
  for (const [kind, title] of Object.entries(STORMS)) {
    // Only Node handles SIGCHLD.
    if (kind === 'children' && runtime.kind !== 'node') continue;
    const trial = (/** @type {import('./trial').Mode} */ mode) =>
      runTrial({ kind: /** @type {import('./trial').Kind} */ (kind), mode, runtime });

    describe(title, () => {
      testWith(
        needed,
        'unprotected: reported only',
        async () => {
          const { outcome, how } = await trial('none');
          if (outcome === 'lived') console.warn(`${runtime.name} lives through ${title} without protection`);
          expect(how).not.toBe('');
        },
        120_000,
      );

      for (const mode of /** @type {const} */ (['guard', 'harden', 'launcher'])) {
        testWith(
          needed,
          `${mode}: lives, ${REPEAT} of ${REPEAT}`,
          async () => {
            for (let repeat = 1; repeat <= REPEAT; repeat++) {
              const { outcome, how, lost } = await trial(mode);
              if (lost.length > 0) console.warn(`${runtime.name}, ${title}: sent again: ${lost.join()}`);
              expect({ repeat, outcome, how }).toEqual({ repeat, outcome: 'lived', how: 'exit code 0' });
            }
          },
          60_000 + REPEAT * 60_000,
        );
      }
    });
  }
});
