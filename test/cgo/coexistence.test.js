// What Go does with signals of its own goes on beside us: os/signal, preemption, profiling, panics, SIGPIPE.
'use strict';

const { describe, expect } = require('@jest/globals');
const { spawn } = require('node:child_process');
const path = require('node:path');
const { ROOT } = require('../helpers/runtimes');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { NEWEST, onRuntimes } = require('./runtimes');

/** @typedef {import('../helpers/runtimes').Runtime} Runtime */

const needed = [built('addon'), built('actions'), built('loader')];
const PROGRAM = path.join(__dirname, 'programs/coexist.js');
const LAUNCHER = [process.execPath, path.join(ROOT, 'lib/cli/main.js'), 'run', '--'];
const MODES = ['guard', 'harden', 'launcher'];
const DELIVERIES = 5;

onRuntimes(NEWEST, (runtime) => {
  /** @param {string} how @param {string} mode @param {string[]} rest */
  function begin(how, mode, ...rest) {
    const wrapper = mode === 'launcher' ? LAUNCHER : [];
    return start(runtime, '../cgo/programs/coexist.js', { args: [how, mode, ...rest], wrapper });
  }

  for (const mode of ['guard', 'harden']) {
    describe(`os/signal.Notify and onSignal, ${mode}`, () => {
      for (const order of ['go first', 'js first']) {
        testWith(needed, `the same signal, ${order}: both are told, each time`, async () => {
          const fixture = begin('notify', mode, order, 'SIGUSR2', 'SIGUSR2');
          await fixture.line('ready');
          for (let i = 1; i <= DELIVERIES; i++) {
            fixture.send('SIGUSR2');
            await fixture.line(() => fixture.allOf('go').length >= i && fixture.allOf('js').length >= i);
          }
          expect(fixture.allOf('js')).toEqual(
            Array(DELIVERIES).fill({ event: 'js', name: 'SIGUSR2', count: 1 }),
          );
          expect(fixture.allOf('go')).toHaveLength(DELIVERIES);
          // Go lets go of it: ours stays.
          fixture.tell('reset');
          await fixture.line('done');
          fixture.send('SIGUSR2');
          await fixture.line('js');
          fixture.tell('finish');
          expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
          expect(fixture.allOf('go')).toHaveLength(DELIVERIES);
        });

        testWith(needed, `different signals, ${order}: each its own`, async () => {
          const fixture = begin('notify', mode, order, 'SIGHUP', 'SIGUSR2');
          await fixture.line('ready');
          for (let i = 1; i <= DELIVERIES; i++) {
            fixture.send('SIGUSR2');
            await fixture.line('js');
            fixture.send('SIGHUP');
            await fixture.line('go');
          }
          fixture.tell('finish');
          expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
          expect(fixture.allOf('js')).toHaveLength(DELIVERIES);
          expect(fixture.allOf('go')).toHaveLength(DELIVERIES);
        });
      }
    });
  }

  for (const mode of MODES) {
    testWith(needed, `${mode}: SIGURG preempts a goroutine in a loop`, async () => {
      const fixture = begin('preempt', mode);
      expect((await fixture.line('preempted')).result).toBe(1);
      expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
    });

    testWith(needed, `${mode}: SIGPROF finds goroutines at work`, async () => {
      const fixture = begin('profile', mode);
      expect((await fixture.line('profiled')).result).toBe(1);
      expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
    });

    for (const how of ['panic', 'panic-here']) {
      testWith(needed, `${mode}: a nil dereference in Go is a Go panic (${how})`, async () => {
        // In a c-shared library Go's last word is abort().
        const without = await begin(how, 'none').closed;
        expect(without).toMatchObject({ code: null, signal: 'SIGABRT' });
        const { code, signal, stderr } = await begin(how, mode).closed;
        expect({ code, signal }).toEqual({ code: without.code, signal: without.signal });
        expect(stderr).toMatch(/^panic: runtime error: invalid memory address or nil pointer dereference/m);
      });
    }

    testWith(needed, `${mode}: a segmentation fault in C ends as without Go`, async () => {
      const without = await begin('crash', 'no go').closed;
      const { code, signal } = await begin('crash', mode).closed;
      expect({ code, signal }).toEqual({ code: without.code, signal: without.signal });
      if (runtime.kind !== 'bun') expect(signal).toBe('SIGSEGV');
    });

    testWith(needed, `${mode}: a broken standard output is an error, as without Go`, async () => {
      const without = await breakOutput(runtime, 'no go');
      expect(without).toMatchObject({ code: 5, stderr: 'ready\nEPIPE\nEPIPE\n' });
      expect(await breakOutput(runtime, mode)).toEqual(without);
    });
  }
});

/**
 * The end of a program whose reader has gone away.
 * @param {Runtime} runtime
 * @param {string} mode
 */
function breakOutput(runtime, mode) {
  const command = [
    ...(mode === 'launcher' ? LAUNCHER : []),
    runtime.path,
    ...runtime.args,
    PROGRAM,
    'pipe',
    mode,
  ];
  const child = spawn(command[0], command.slice(1), { env: { ...process.env, NO_COLOR: '1' } });
  let stderr = '';
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    if (stderr === 'ready\n') child.stdout.destroy();
  });
  child.stdout.on('close', () => child.stdin.write('write\n'));
  child.stdout.resume();
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal, stderr })));
}
