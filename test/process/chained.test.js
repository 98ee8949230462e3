// A native handler that stood before ours, or came later: it runs as its flags say, once for each delivery, and has its
// place back after close(). Both ways in.
'use strict';

const { expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

/** @typedef {{ depth: number, value: number, ownOpen: number, maskHeld: number }} Call */

const neighbour = tool('neighbour', 'addon');
const FLAGS = {
  plain: [],
  siginfo: ['SA_RESTART', 'SA_SIGINFO'],
  onstack: ['SA_ONSTACK'],
  deferred: [],
  nodefer: ['SA_NODEFER'],
};

eachRuntime((runtime) => {
  for (const backend of ['self-pipe', 'signalfd']) {
    testWith([neighbour], `another library's handler is called as its flags say, ${backend}`, async () => {
      const fixture = start(runtime, 'chained.js', {
        args: [`${neighbour.path}`],
        env: { SIGBRIDGE_BACKEND: backend },
      });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
      const cases = fixture.allOf('case');
      expect(cases).toHaveLength(2 * 9);
      for (const { name, signal, order, told, seen, after } of cases) {
        const values = signal === 'SIGUSR2' ? [0, 0] : [1, 2];
        const what = { name, signal, order };
        const standing = { kind: 'handler', ours: false, flags: Reflect.get(FLAGS, name) };
        expect({
          ...what,
          told,
          maskHeld: seen.every((/** @type {Call} */ call) => call.maskHeld === 1),
        }).toEqual({
          ...what,
          told: 2,
          maskHeld: true,
        });
        const noted = seen.map((/** @type {Call} */ { depth, value }) => ({ depth, value }));
        /** @type {Record<string, { depth: number, value: number }[]>} */
        const expected = {
          plain: [1, 1].map((depth) => ({ depth, value: -1 })),
          siginfo: values.map((value) => ({ depth: 1, value })),
          // Once, and the default is what is left of it.
          resethand: [{ depth: 1, value: values[0] }],
          onstack: [1, 1].map((depth) => ({ depth, value: -1 })),
          deferred: [1, 1].map((depth) => ({ depth, value: -1 })),
          nodefer: [1, 2].map((depth) => ({ depth, value: -1 })),
        };
        expect({ ...what, seen: noted }).toEqual({ ...what, seen: expected[name] });
        expect({ ...what, after }).toEqual({
          ...what,
          after: name === 'resethand' ? { kind: 'default', ours: false, flags: [] } : standing,
        });
        const open = seen.filter((/** @type {Call} */ call) => call.ownOpen === 1).length;
        expect({ ...what, open }).toEqual({ ...what, open: name === 'nodefer' ? 2 : 0 });
      }
    });
  }
});
