// Opening and closing a subscription for ever costs nothing that lasts: no memory, no thread, no descriptor, no mask.
'use strict';

const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { expectSame } = require('../helpers/pictures');
const { eachRuntime } = require('../helpers/runtimes');

const MINUTES = 60_000;

eachRuntime((runtime) => {
  // A round starts and joins a thread. Measured on two cores: 0.13 ms in Node, 0.15 to 0.26 in Bun, 1 in Deno, and 0.5
  // with a real-time signal, for which other threads are visited.
  const many = runtime.spec === 'this node' ? 100_000 : 20_000;
  for (const [signal, count] of /** @type {const} */ ([
    ['SIGUSR2', many],
    ['SIGRTMIN', 5000],
  ])) {
    test(
      `${count} rounds of ${signal}`,
      async () => {
        // V8 lets its young generation grow by 30 MB when there is garbage: that is no leak, and hides one.
        const env = { NODE_OPTIONS: '--max-semi-space-size=1' };
        const fixture = start(runtime, 'rounds.js', {
          args: [count, signal],
          ...(runtime.kind === 'node' && { env }),
        });
        const { grown, before, after } = await fixture.line('rounds', { deadline: 3 * MINUTES });
        expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
        expectSame(runtime, before, after);
        // Less than 170 bytes a round of 100,000; a heap that has not settled is allowed 16 MiB.
        expect(grown).toBeLessThan(16 * 2 ** 20);
      },
      4 * MINUTES,
    );
  }
});
