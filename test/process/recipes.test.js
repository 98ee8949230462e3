// What docs/containers.md promises, as far as a process can show it: Kubernetes' probes before and in the shutdown, PM2's
// messages 'ready' and 'shutdown'.
'use strict';

const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

eachRuntime((runtime) => {
  test("Kubernetes: not ready from SIGTERM on, while it still answers; liveness is not the database's", async () => {
    const fixture = start(runtime, 'recipes.js');
    const { port } = await fixture.line('listening');
    /** @param {string} path */
    const ask = async (path) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
      const text = await response.text();
      return { status: response.status, report: text === '' ? undefined : JSON.parse(text) };
    };
    expect(await ask('/ready')).toMatchObject({ status: 200 });
    expect(await ask('/health')).toMatchObject({ status: 200, report: { level: 'ok' } });

    fixture.tell('break');
    await fixture.line('done');
    expect(await ask('/ready')).toMatchObject({ status: 200 });
    const { status, report } = await ask('/health');
    expect({ status, level: report.level }).toEqual({ status: 503, level: 'critical' });

    fixture.send('SIGTERM');
    await fixture.line('start');
    expect(await ask('/ready')).toMatchObject({ status: 503 });
    fixture.tell('noticed');
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    await expect(ask('/ready')).rejects.toThrow();
  });

  test("PM2: 'ready' when it listens, and an orderly end with 0 on 'shutdown'", async () => {
    const fixture = start(runtime, 'recipes.js', { ipc: true });
    expect(await fixture.line('message')).toMatchObject({ message: 'ready' });
    fixture.message('shutdown');
    expect(await fixture.line('start')).toMatchObject({ name: null, reason: 'PM2' });
    fixture.tell('noticed');
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});
