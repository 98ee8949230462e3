// golang/go#55066: a host that reads a signal through signalfd(2) goes on receiving it when Go was loaded under a guard.
'use strict';

const { expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { onRuntimes, THIS_NODE } = require('./runtimes');

const needed = [built('signalfd'), built('actions'), built('addon')];
const SIGNALS = 20;
// The host must have the signal blocked on all its other threads from the start. In Node, which resets the main thread's
// mask, that is possible for SIGUSR1 alone; Bun opens every signal while it waits.
const wrapper = ['env', '--block-signal=USR1'];

onRuntimes([THIS_NODE, 'node@26'], (runtime) => {
  if (runtime.kind !== 'node') return;
  /**
   * How many of the signals were read; fewer when it died of one.
   * @param {string} mode
   * @param {string} order
   */
  async function receive(mode, order) {
    const fixture = start(runtime, '../cgo/programs/signalfd.js', { args: [mode, order], wrapper });
    await fixture.line('ready');
    let taken = 0;
    try {
      for (let i = 0; i < SIGNALS; i++) {
        fixture.send('SIGUSR1');
        fixture.tell('take');
        taken += (await fixture.line('taken')).signal === 10 ? 1 : 0;
      }
      fixture.tell('finish');
    } catch {
      // It has died: the signal took its default action on a thread of Go's.
    }
    const { code, signal } = await fixture.closed;
    return { taken, code, signal };
  }
  const all = { taken: SIGNALS, code: 0, signal: null };

  testWith(needed, 'without Go', async () => {
    expect(await receive('no go', 'reader first')).toEqual(all);
  });

  testWith(needed, 'Go unguarded, then the reader: reported only', async () => {
    const found = await receive('none', 'go first');
    if (found.taken === SIGNALS) console.warn(`${runtime.name}: a signalfd survives an unguarded load of Go`);
    expect(found.taken).toBeLessThanOrEqual(SIGNALS);
  });

  for (const mode of ['guard', 'mask', 'harden']) {
    for (const order of ['go first', 'reader first']) {
      testWith(needed, `${mode}, ${order}`, async () => {
        expect(await receive(mode, order)).toEqual(all);
      });
    }
  }
});
