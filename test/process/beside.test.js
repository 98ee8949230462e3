// onSignal beside process.on for the same signal, in every order: each live listener is told exactly once a
// delivery, whoever came first and whoever goes.
'use strict';

const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { kill } = require('../helpers/senders');

// Commands of the fixture, and `-> who is told` for one delivery each.
const STORIES = {
  'process.on was there first': ['on a', 'subscribe X', '-> a X', '-> a X', 'off a', '-> X', '-> X'],
  'onSignal was there first': ['subscribe X', '-> X', 'on a', '-> X a', '-> X a', 'off a', '-> X'],
  'listeners come and go': [
    ...[
      'subscribe X',
      'on a',
      'on b',
      '-> X a b',
      'off a',
      '-> X b',
      'off b',
      '-> X',
      'on c',
      '-> X c',
      'off c',
      '-> X',
    ],
  ],
  'our subscription ends before theirs': ['on a', 'subscribe X', '-> a X', 'close X', '-> a', '-> a'],
  'our subscription comes and goes': [
    ...[
      'on a',
      'subscribe X',
      'close X',
      '-> a',
      'subscribe Y',
      '-> a Y',
      'close Y',
      '-> a',
      'subscribe Z',
      '-> a Z',
    ],
  ],
  'theirs came while we were there and stays': ['subscribe X', 'on a', '-> X a', 'close X', '-> a', '-> a'],
  'a Worker subscribes, the main thread has process.on': [
    ...['on a', 'worker W', '-> a W', 'on b', '-> a b W', 'off a', '-> b W', 'terminate W', '-> b', 'off b'],
  ],
  // Nothing of ours runs on the main thread then: only the wait thread's next look finds that process.on took over.
  'a Worker subscribed before process.on': [
    ...[
      'worker W',
      '-> W',
      'on a',
      'ours',
      '-> a W',
      'subscribe X',
      '-> a W X',
      'off a',
      '-> W X',
      'terminate W',
      '-> X',
    ],
  ],
  'process.once': ['subscribe X', 'once a', '-> X a', '-> X', 'once b', '-> X b', '-> X'],
  'process.once was there first': ['once a', 'subscribe X', '-> X a', '-> X', '-> X'],
  'prependListener, and two subscriptions': [
    ...[
      'on a',
      'subscribe X',
      'prepend b',
      'subscribe Y',
      '-> X Y a b',
      'close X',
      '-> Y a b',
      'off b',
      '-> Y a',
    ],
  ],
};

/** @param {string[]} story */
function removesOneOfSeveral(story) {
  const theirs = new Set();
  return story.some((step) => {
    const [verb, name] = step.split(' ');
    if (verb === 'on' || verb === 'prepend') theirs.add(name);
    return verb === 'off' && theirs.delete(name) && theirs.size > 0;
  });
}

eachRuntime((runtime) => {
  describe.each(['SIGUSR2', 'SIGTERM', 'SIGWINCH'])('%s', (signal) => {
    // Deno's handler for these is the same whether there are listeners or not, and ends the process if not. From a
    // Worker nobody can tell: there it is not called.
    const isMute = runtime.kind === 'deno' && ['SIGTERM', 'SIGINT', 'SIGHUP'].includes(signal);
    const isBun12 = runtime.version.startsWith('1.2.');
    /** @param {[string, string[]]} entry */
    const isBroken = ([, story]) => isBun12 && removesOneOfSeveral(story);
    const stories = Object.entries(STORIES).filter(
      (entry) => !(isMute && entry[0].includes('a Worker')) && !isBroken(entry),
    );
    for (const [title] of Object.entries(STORIES).filter(isBroken))
      test.skip(`${title} (Bun 1.2 stops telling its other listeners when one of several is removed)`, () => {});
    if (isMute)
      test.skip("a Worker subscribes (Deno's own handler cannot be told from process.on's)", () => {});

    test('a signal sent in the very turn of a process.on is told to all', async () => {
      const fixture = start(runtime, 'beside.js', { args: [signal] });
      await fixture.line('ready');
      fixture.tell('subscribe X');
      fixture.tell('onAndSend a');
      const told = await fixture.linesOf('told', 2);
      expect(told.map(({ who }) => who).sort()).toEqual(['X', 'a']);
    });

    test.each(stories)('%s', async (_title, story) => {
      const fixture = start(runtime, 'beside.js', { args: [signal] });
      await fixture.line('ready');
      for (const step of story) {
        if (!step.startsWith('-> ')) {
          fixture.tell(step);
          await fixture.line('done');
          continue;
        }
        const expected = step.slice(3).split(' ').sort();
        await kill(fixture.pid, signal.slice(3));
        const told = await fixture.linesOf('told', expected.length);
        expect(told.map(({ who }) => who).sort()).toEqual(expected);
      }
      fixture.tell('settle');
      await fixture.line('done');
      // One that was told twice has shown up by now.
      const deliveries = story
        .filter((step) => step.startsWith('-> '))
        .flatMap((step) => step.slice(3).split(' '));
      expect(fixture.allOf('told')).toHaveLength(deliveries.length);
    });
  });
});
