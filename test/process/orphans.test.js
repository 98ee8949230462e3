// Orphans of a container: waited for by reapOrphans() in PID 1, never at the cost of the runtime's own children.
'use strict';

const { execFileSync } = require('node:child_process');
const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

const NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** @returns {boolean} this user may have a PID namespace */
function mayUnshare() {
  try {
    execFileSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** @type {[how: string, wrapper: string[], args: string[]][]} */
const WAYS = [['as a subreaper', [], ['subreaper']]];
if (mayUnshare()) WAYS.push(['as PID 1', NAMESPACE, []]);
else test.skip('as PID 1: unshare(1) is not permitted here', () => {});

eachRuntime((runtime) => {
  test.each(WAYS)('%s', async (how, wrapper, args) => {
    const fixture = start(runtime, 'orphans.js', { args, wrapper });
    const { child, ends, reaped, zombies } = await fixture.line('orphans');
    expect(child).toEqual({ code: 3, signal: null });
    expect({ reaped, zombies }).toEqual({ reaped: 3, zombies: [] });
    const same = { pid: expect.any(Number) };
    expect(ends).toHaveLength(3);
    for (const end of [
      { ...same, code: 7, signal: null },
      { ...same, code: 9, signal: null },
      { ...same, code: null, signal: 'SIGKILL' },
    ]) {
      expect(ends).toContainEqual(end);
    }
    expect((await fixture.line('own')).ends).toEqual([
      { code: 4, signal: null },
      { code: null, signal: 'SIGTERM' },
      { code: 5, signal: null },
    ]);
    expect((await fixture.line('worker')).end).toEqual({
      refused: 'ERR_UNSUPPORTED',
      code: 6,
      signal: null,
    });
    const { pid, ...closed } = await fixture.line('closed');
    expect(closed).toMatchObject({ closed: true, reaped: 3 });
    if (how === 'as PID 1') expect(pid).toBe(1);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });
});
