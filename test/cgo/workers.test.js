// Workers and Go: one that is terminated in the middle of Go work leaves a process that lives; and our Worker class is
// the runtime's own but for its mask.
'use strict';

const { describe, expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { blockable, openOf } = require('./masks');
const { NEWEST, REPEAT, onRuntimes } = require('./runtimes');

// 50 in the long form.
const ROUNDS = REPEAT < 10 ? 10 : 50;

onRuntimes(NEWEST, (runtime) => {
  for (const [where, title] of Object.entries({
    worker: 'loadAddon() in the Worker',
    harden: 'harden() in main, require() in the Worker',
    class: 'loadAddon() in a Worker of ours',
  })) {
    testWith(
      [built('addon'), built('actions')],
      `${ROUNDS} times terminated in the middle: ${title}`,
      async () => {
        const fixture = start(runtime, '../cgo/programs/worker-rounds.js', { args: [ROUNDS, where] });
        await fixture.line('ready', { deadline: 100_000 });
        fixture.send('SIGTERM');
        expect(await fixture.line('alive')).toMatchObject({ result: 0, work: 0, heard: ROUNDS });
        expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
      },
      150_000,
    );
  }

  describe('the Worker class', () => {
    const SIGUSR2 = 12;
    async function run() {
      const fixture = start(runtime, '../cgo/programs/worker-class.js');
      await fixture.line('end', { deadline: 60_000 });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
      return fixture;
    }
    /** @type {ReturnType<typeof run> | undefined} */
    let ran;
    /** @param {string} name */
    const job = async (name) => {
      ran ??= run();
      return (await ran).allOf('job').find((line) => line.name === name);
    };

    for (const name of ['echo', 'argv', 'throws', 'exits', 'sleep']) {
      testWith([built('actions')], `as the runtime's own: ${name}`, async () => {
        const found = await job(name);
        expect(found?.ours).toEqual(found?.theirs);
        expect(found).toMatchObject({ same: true, ours: { isWorker: true } });
      });
    }

    testWith(
      [built('actions')],
      'its thread begins with everything blocked, the constructing one as before',
      async () => {
        const found = await job('mask');
        const [[, ours]] = found?.ours.events ?? [];
        const [[, theirs]] = found?.theirs.events ?? [];
        expect(openOf(theirs, blockable(runtime))).not.toEqual([]);
        expect(openOf(theirs, [SIGUSR2])).toEqual([]);
        expect(openOf(ours, blockable(runtime))).toEqual([]);
        expect(found).toMatchObject({ same: true });
      },
    );

    testWith([built('actions')], 'eval, name and prototype', async () => {
      await job('mask');
      const fixture = await (ran ?? run());
      expect(fixture.allOf('eval')[0].ours).toMatchObject({ code: 0, events: [['message', 42]] });
      expect(fixture.allOf('end')[0]).toMatchObject({ statics: true, name: 'Worker' });
    });

    testWith(
      [built('actions')],
      'a constructor that throws: the same error, the mask as before',
      async () => {
        await job('mask');
        const bad = (await (ran ?? run())).allOf('bad');
        expect(bad).toHaveLength(3);
        for (const { ours, theirs, same } of bad) {
          expect(ours).toEqual(theirs);
          expect(same).toBe(true);
        }
        expect(bad[2].ours.error ?? 'none').not.toBe('none');
      },
    );
  });
});
