// Main thread, Workers and copies of the package: each environment that subscribed is told, and only those.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, expect, test } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { ROOT, eachRuntime } = require('../helpers/runtimes');
const { queue, sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

/** @typedef {import('../helpers/fixture').Fixture} Fixture */

// A second binary must be another file: the same one is loaded once.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-'));
const copy = path.join(folder, 'copy.node');
const secondPackage = path.join(folder, 'package');
const BUILT = 'build/Release/sigbridge.node';
fs.copyFileSync(process.env.SIGBRIDGE_BINARY ?? path.join(ROOT, BUILT), copy);
for (const part of ['lib', 'package.json', BUILT]) {
  fs.cpSync(path.join(ROOT, part), path.join(secondPackage, part), { recursive: true });
}
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** @param {Fixture} fixture @param {string} command */
async function tell(fixture, command) {
  fixture.tell(command);
  await fixture.line('done');
}

/** @param {Fixture} fixture @param {string} signal @param {number} value @param {(string | number)[]} listeners */
async function expectTold(fixture, signal, value, listeners) {
  await queue(fixture.pid, signalNumber(signal), value);
  const told = await fixture.linesOf('told', listeners.length);
  expect(told.map(({ who }) => who).sort()).toEqual(listeners);
  for (const line of told) expect(line).toMatchObject({ value });
}

eachRuntime((runtime) => {
  testWith(
    [sigsend],
    'main thread and two Workers: each is told of each delivery, until it goes',
    async () => {
      const fixture = start(runtime, 'workers.js', { args: ['yes', 2] });
      await fixture.line('ready');
      await expectTold(fixture, 'SIGUSR2', 1, ['main', 'worker 0', 'worker 1']);
      await expectTold(fixture, 'SIGRTMIN+1', 2, ['main', 'worker 0', 'worker 1']);
      await tell(fixture, 'close 0');
      await expectTold(fixture, 'SIGUSR2', 3, ['main', 'worker 1']);
      await tell(fixture, 'close');
      await expectTold(fixture, 'SIGUSR2', 4, ['worker 1']);
      await expectTold(fixture, 'SIGRTMIN+1', 5, ['worker 1']);
      await tell(fixture, 'terminate 1');
      await tell(fixture, 'kinds');
      expect(fixture.allOf('kinds').at(-1)).toMatchObject({ kinds: ['default', 'default'] });
      expect(fixture.allOf('told')).toHaveLength(10);
    },
  );

  testWith([sigsend], 'a Worker alone is told; when it is terminated nothing is left', async () => {
    const fixture = start(runtime, 'workers.js', { args: ['no', 1] });
    await fixture.line('ready');
    await expectTold(fixture, 'SIGUSR2', 1, ['worker 0']);
    await expectTold(fixture, 'SIGRTMIN+1', 2, ['worker 0']);
    await tell(fixture, 'terminate 0');
    await tell(fixture, 'kinds');
    expect(fixture.allOf('kinds').at(-1)).toMatchObject({ kinds: ['default', 'default'] });
    await queue(fixture.pid, signalNumber('SIGUSR2'), 0);
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGUSR2' });
  });

  for (const [kind, title] of [
    ['modules', 'three copies of the JavaScript around one addon are each told'],
    ['addon', 'three copies of the JavaScript and the addon are each told'],
  ]) {
    testWith([sigsend], title, async () => {
      const fixture = start(runtime, 'copies.js', { args: [kind] });
      expect(await fixture.line('loaded')).toMatchObject({ different: 3 });
      await fixture.line('ready');
      await expectTold(fixture, 'SIGUSR2', 1, [0, 1, 2]);
      await tell(fixture, 'close');
      await expectTold(fixture, 'SIGUSR2', 2, [0, 1]);
      await tell(fixture, 'close');
      await expectTold(fixture, 'SIGUSR2', 3, [0]);
      await tell(fixture, 'close');
      fixture.tell('left');
      const { before, after } = await fixture.line('left');
      expect(after).toEqual(before);
    });
  }

  testWith([sigsend], 'one version at two places: each is told of every real-time signal', async () => {
    const fixture = start(runtime, 'copies.js', { args: ['packages', secondPackage] });
    expect(await fixture.line('loaded')).toMatchObject({ different: 2 });
    await fixture.line('ready');
    for (let times = 1; times <= 10; times++) await expectTold(fixture, 'SIGRTMIN+3', times, [0, 1]);
    await tell(fixture, 'close');
    await expectTold(fixture, 'SIGRTMIN+3', 11, [0]);
    await tell(fixture, 'close');
    fixture.tell('left');
    const { before, after } = await fixture.line('left');
    expect(after).toEqual(before);
  });

  // What is left when both have closed depends on whose look came last: README's limitations.
  testWith([sigsend], 'two different binaries in one process are each told', async () => {
    const fixture = start(runtime, 'copies.js', { args: ['binary', copy] });
    expect(await fixture.line('loaded')).toMatchObject({ different: 2 });
    await fixture.line('ready');
    await expectTold(fixture, 'SIGUSR2', 1, [0, 1]);
    await tell(fixture, 'close');
    await expectTold(fixture, 'SIGUSR2', 2, [0]);
  });

  // Each has the other's handler beneath its own then: they must not call each other without end.
  testWith([sigsend], 'and also when each has taken its place from the other', async () => {
    const fixture = start(runtime, 'copies.js', { args: ['looked', copy] });
    await fixture.line('ready');
    await expectTold(fixture, 'SIGUSR2', 1, [0, 1]);
    await expectTold(fixture, 'SIGUSR2', 2, [0, 1]);
  });

  const told = 'a Worker that was told to end in the middle of one native call may make any other';
  const itStill = async () => {
    const fixture = start(runtime, 'terminated-calls.js');
    const { done, environments } = await fixture.line('ended');
    expect({ done, environments }).toEqual({ done: [1, 1, 1], environments: 0 });
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
  };
  if (runtime.kind === 'node') test(told, itStill);
  else test.skip(`${told} (this runtime ends it before it can)`, itStill);
});
