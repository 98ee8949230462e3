// Child processes of a subscribed program: their ends are told by child_process and by us, and they inherit nothing.
'use strict';

const os = require('node:os');
const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

/** @typedef {import('../helpers/fixture').Fixture} Fixture */

/** @param {Fixture} fixture @param {string} command */
async function childOf(fixture, command) {
  const already = fixture.allOf('signal').length;
  fixture.tell(command);
  const child = await fixture.line('child');
  // Ours may have come before it: not in the order of the lines, then.
  await fixture.line('done');
  while (fixture.allOf('signal').length === already) await fixture.line('signal');
  return { child, info: fixture.allOf('signal')[already] };
}

eachRuntime((runtime) => {
  describe.each(['before', 'after'])('SIGCHLD subscribed %s the first spawn', (when) => {
    test("each child's end is told twice over: by child_process and by us, with its status", async () => {
      const fixture = start(runtime, 'children.js', { args: [when] });
      await fixture.line('ready');
      for (const code of [7, 0, 255]) {
        const { child, info } = await childOf(fixture, `exit ${code}`);
        expect(child).toMatchObject({ code, signal: null });
        expect(info).toMatchObject({ name: 'SIGCHLD', code: 'CLD_EXITED', status: code, pid: child.pid });
        expect(info.uid).toBe(process.getuid?.());
      }
      const { child, info } = await childOf(fixture, 'killed TERM');
      expect(child).toMatchObject({ code: null, signal: 'SIGTERM' });
      expect(info).toMatchObject({
        code: 'CLD_KILLED',
        status: os.constants.signals.SIGTERM,
        pid: child.pid,
      });
    });

    test('child_process goes on telling when many end at once, and after our subscription closed', async () => {
      const fixture = start(runtime, 'children.js', { args: [when] });
      await fixture.line('ready');
      const first = fixture.allOf('child').length;
      fixture.tell('many 20');
      await fixture.line('done');
      const codes = fixture
        .allOf('child')
        .slice(first)
        .map(({ code }) => code);
      expect(codes.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
      // The kernel merges pending SIGCHLDs: at least one, at most as many as there were children.
      const told = fixture.allOf('signal').reduce((sum, { count }) => sum + count, 0);
      expect(told).toBeGreaterThanOrEqual(1);
      expect(told).toBeLessThanOrEqual(21);
      fixture.tell('close');
      await fixture.line('done');
      fixture.tell('exit 3');
      expect(await fixture.line('child')).toMatchObject({ code: 3 });
    });
  });

  test.each(['main', 'worker'])(
    'children inherit no mask and no disposition from the %s thread',
    async (thread) => {
      const fixture = start(runtime, 'inherit.js', { args: [thread] });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
      const children = fixture.allOf('child');
      const ways = runtime.kind === 'bun' ? 5 : 3;
      expect(children).toHaveLength(4 * ways);
      // What the runtime itself hands down is what a child had before.
      const before = new Map(
        children.slice(0, ways).map(({ way, ...sets }) => [way.replace('before ', ''), sets]),
      );
      for (const { way, ...sets } of children) {
        const usual = before.get(way.replace(/^(before|subscribed|after a burst|closed) /, ''));
        expect({ way, ...sets }).toEqual({ way, ...usual });
        expect({ way, SigBlk: sets.SigBlk }).toEqual({ way, SigBlk: '0000000000000000' });
      }
    },
  );
});
