// openProcess(): what it tells of a process's end, how long that keeps the program alive, and that nothing is left of it:
// no thread, no descriptor, whatever ends first.
'use strict';

const { spawn } = require('node:child_process');
const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

eachRuntime((runtime) => {
  test('the end of a process, by whatever way', async () => {
    const args = runtime.kind === 'node' ? ['--expose-gc'] : [];
    const fixture = start({ ...runtime, args: [...args, ...runtime.args] }, 'process-handle.js');
    await fixture.line('end', { deadline: 40_000 });

    expect(fixture.allOf('watching')).toMatchObject([{ none: 0, one: 1, same: true }, { none: 0 }]);
    const early = fixture.allOf('ended')[2];
    expect(fixture.allOf('ended')).toMatchObject([
      { how: 'code', code: 7, signal: null, ours: true },
      { how: 'signal', code: null, signal: 'SIGTERM' },
      { how: 'before it was asked' },
      { how: 'closed since', again: true },
    ]);
    // The runtime had reaped it: known where the kernel remembers.
    expect([JSON.stringify([0, null]), '[null,null]']).toContain(
      JSON.stringify([early.code ?? null, early.signal ?? null]),
    );
    expect([
      ['null', 'SIGKILL'],
      ['undefined', 'undefined'],
    ]).toContainEqual(fixture.allOf('grandchild')[0].told);
    const closed = { error: { code: 'ERR_SIGNAL_CLOSED' } };
    expect(fixture.allOf('closing')).toMatchObject([{ pending: closed, later: closed, watchers: 0 }]);
    expect(fixture.allOf('many')).toMatchObject([{ during: 1, good: 20, after: 0 }]);
    const [{ start: before, end: after }] = fixture.allOf('left');
    expect(after).toEqual(before);
    expect(fixture.allOf('flags')).toMatchObject([{ closeOnExec: true }]);
    expect(fixture.allOf('disposed')).toMatchObject([{ closed: true }]);
    expect(fixture.allOf('worker')).toMatchObject([
      { how: 'terminate', during: 1, after: 0 },
      { how: 'exit', during: 1, after: 0 },
    ]);
    expect(fixture.allOf('dropped')).toMatchObject([{ left: 0, ended: true }]);
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  test('a pending end keeps the program alive, unless it is asked not to; exit() does not wait', async () => {
    const other = spawn('sleep', ['100'], { stdio: 'ignore' });
    try {
      const exiting = start(runtime, 'process-handle.js', { args: ['exit'] });
      const leaving = start(runtime, 'process-handle.js', { args: ['leave', Number(other.pid)] });
      const keeping = start(runtime, 'process-handle.js', { args: ['keep', Number(other.pid)] });
      expect(await exiting.closed).toMatchObject({ code: 5, signal: null });
      expect(await leaving.closed).toMatchObject({ code: 0, signal: null });
      expect(leaving.allOf('ended')).toEqual([]);
      await keeping.line('ready');
      expect(keeping.ending).toBeUndefined();
      other.kill('SIGKILL');
      expect(await keeping.line('ended')).toMatchObject({ pid: other.pid });
      expect(await keeping.closed).toMatchObject({ code: 0, signal: null });
    } finally {
      other.kill('SIGKILL');
    }
  });
});
