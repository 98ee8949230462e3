// Ends in the middle of a storm of signals: of Workers, and of the process. No crash, and nothing is left behind.
'use strict';

const { describe, expect } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { expectSame } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');
const { sigsend, storm } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

const ROUNDS = 20;
const REPEATS = 5;
/** @param {string[]} names */
const numbers = (...names) => names.map(signalNumber);

eachRuntime((runtime) => {
  for (const how of ['terminate', 'exit']) {
    const title = `${ROUNDS} Workers ${how === 'exit' ? 'call process.exit()' : 'are terminated'} in a storm`;
    testWith(
      [sigsend],
      title,
      async () => {
        const fixture = start(runtime, 'terminate-storm.js', { args: [ROUNDS, how] });
        const before = await fixture.line('before');
        await fixture.line('ready');
        const rain = storm(fixture.pid, numbers('SIGUSR2', 'SIGRTMIN', 'SIGWINCH', 'SIGRTMIN+1'));
        fixture.tell('go');
        await fixture.line('done', { deadline: 90_000 });
        await rain.stop();
        fixture.tell('finish');
        const after = await fixture.line('after');
        expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
        expectSame(runtime, before, after, { workersEnded: true });
      },
      120_000,
    );
  }

  describe('the process ends in a storm', () => {
    for (const how of ['exit', 'exit-in-listener', 'natural', 'worker']) {
      testWith(
        [sigsend],
        how,
        async () => {
          for (let repeat = 0; repeat < REPEATS; repeat++) {
            const fixture = start(runtime, 'exit-storm.js', { args: [how] });
            await fixture.line('ready');
            const rain = storm(fixture.pid, numbers('SIGUSR2', 'SIGTERM', 'SIGRTMIN', 'SIGRTMIN+1'));
            const { code, signal, stderr } = await fixture.closedWithin(50_000);
            await rain.stop();
            expect({ repeat, code, signal, stderr }).toEqual({ repeat, code: 0, signal: null, stderr: '' });
          }
        },
        120_000,
      );
    }
  });
});
