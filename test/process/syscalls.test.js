// What the program's own system calls notice of a watched signal: nothing. errno is kept, a blocked read goes on.
'use strict';

const fs = require('node:fs');
const { expect } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { kill, queue, sigsend } = require('../helpers/senders');
const { testWith, tool } = require('../helpers/tools');

const probe = tool('probe', 'addon');
const clobberErrno = tool('clobber_errno', 'preload');
const LETTER = 'x'.charCodeAt(0);

/**
 * @param {import('../helpers/fixture').Fixture} fixture
 * @param {(status: string, syscall: string) => boolean} condition
 */
async function until(fixture, condition) {
  const end = Date.now() + 20_000;
  // /proc has no events: this is looked at again and again.
  for (;;) {
    const { ending } = fixture;
    const [result] = fixture.allOf('result');
    if (result || ending) throw new Error(`the read came back: ${JSON.stringify(result ?? ending)}`);
    const task = `/proc/${fixture.pid}/task/${fixture.pid}`;
    try {
      if (condition(fs.readFileSync(`${task}/status`, 'utf8'), fs.readFileSync(`${task}/syscall`, 'utf8')))
        return;
    } catch (error) {
      // It has just ended: the next look says how.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    }
    if (Date.now() > end) throw new Error('the main thread did not get to where it should be within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** In read(2) of descriptor 0: system call number 0 on x64, 63 on arm64. @param {string} _ @param {string} syscall */
const isReading = (_, syscall) => /^(0|63) 0x0 /.test(syscall);
/** @param {string} status */
const nothingPending = (status) => !/^(SigPnd|ShdPnd):\t.*[1-9a-f]/m.test(status);

eachRuntime((runtime) => {
  testWith([probe, clobberErrno], 'errno is what it was when the handler returns', async () => {
    const fixture = start(runtime, 'syscalls.js', {
      args: ['errno', String(probe.path)],
      env: { LD_PRELOAD: String(clobberErrno.path) },
    });
    expect(await fixture.line('result')).toMatchObject({ result: [77] });
    expect(await fixture.line('told')).toMatchObject({ told: 50 });
    expect(await fixture.closed).toMatchObject({ code: 0 });
  });

  for (const how of ['read', 'readSync']) {
    testWith([probe, sigsend], `a blocked ${how} is not interrupted`, async () => {
      const fixture = start(runtime, 'syscalls.js', { args: [how, String(probe.path)] });
      await fixture.line('ready');
      for (let value = 1; value <= 10; value++) {
        await until(fixture, isReading);
        if (value % 2 === 0) await queue(fixture.pid, signalNumber('SIGRTMIN+2'), value);
        else await kill(fixture.pid, 'USR2');
        await until(fixture, nothingPending);
      }
      await until(fixture, isReading);
      expect(fixture.allOf('result')).toEqual([]);
      fixture.tell('x');
      expect(await fixture.line('result')).toMatchObject({ result: LETTER });
      expect(await fixture.line('told')).toMatchObject({ told: 10 });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    });
  }
});
