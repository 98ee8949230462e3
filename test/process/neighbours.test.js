// Others in the same process that live by a signal: packages from npm, Node's vm with breakOnSigint, its REPL. Ours is told
// once a delivery, and they do what they do without us.
'use strict';

const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

const terminal = tool('terminal', 'program');
const CONTROL_C = 3;
const CONTROL_D = 4;

eachRuntime((runtime) => {
  // It wants SIGILL too, which Deno refuses.
  const packages = ['exit-hook', 'signal-exit', ...(runtime.kind === 'deno' ? [] : ['close-with-grace'])];
  if (runtime.kind === 'deno') test.skip('close-with-grace: Deno refuses a listener for SIGILL', () => {});

  describe.each(packages)('%s', (name) => {
    /** @param {string} when */
    async function end(when) {
      const fixture = start(runtime, 'neighbours.js', { args: [name, when] });
      await fixture.line('ready');
      fixture.send('SIGTERM');
      return fixture;
    }

    test.each(['before', 'after'])('we subscribed %s it was loaded', async (when) => {
      const fixture = await end(when);
      if (name === 'signal-exit') {
        // It sends the signal to its own process, for the default action: there is none while we stand in its place.
        const told = await fixture.linesOf('told', 2);
        // Bun leaves our handler without the sender for a moment when a listener has gone.
        if (runtime.kind !== 'bun') expect(told.map(({ own }) => own)).toEqual([false, true]);
        return;
      }
      const { code, signal } = await fixture.closed;
      const without = await end('without');
      expect(await without.closed).toMatchObject({ code, signal });
      expect(fixture.allOf('told')).toEqual([{ event: 'told', own: false }]);
      expect(fixture.allOf('theirs')).toHaveLength(1);
    });

    test('our subscription is closed again: as without us', async () => {
      const [fixture, without] = [await end('closed'), await end('without')];
      const { code, signal } = await without.closed;
      expect(await fixture.closed).toMatchObject({ code, signal });
      expect(fixture.allOf('told')).toEqual([]);
      expect(fixture.allOf('theirs')).toHaveLength(1);
    });
  });

  if (runtime.kind !== 'node') {
    test.skip("vm's breakOnSigint and the REPL: Node's alone", () => {});
    return;
  }

  // Before the wait thread has looked the signal is the script's alone, as it would be for process.on.
  test.each([
    ['looping', 'alone'],
    ['ours', 'alone'],
    ['ours', 'beside'],
  ])('a script with breakOnSigint is interrupted: %s, %s', async (moment, when) => {
    const fixture = start(runtime, 'interrupt.js', { args: [when] });
    await fixture.line('ready');
    await fixture.line(moment);
    fixture.send('SIGINT');
    expect(await fixture.line('interrupted')).toEqual({
      event: 'interrupted',
      code: 'ERR_SCRIPT_EXECUTION_INTERRUPTED',
    });
    const isEither = (/** @type {{ event?: string }} */ { event }) => event === 'told' || event === 'after';
    await fixture.linesOf(isEither, moment === 'ours' ? 2 : 1);
    const before = fixture.allOf('told').length;
    expect(before).toBe(moment === 'ours' ? 1 : 0);
    for (let i = 0; i < 2; i++) {
      fixture.send('SIGINT');
      await fixture.linesOf(({ event }) => event === 'told' || event === 'theirs', when === 'beside' ? 2 : 1);
    }
    fixture.send('SIGUSR2');
    expect(await fixture.line('left')).toMatchObject({ kind: 'handler' });
    expect(fixture.allOf('told')).toHaveLength(before + 2);
    expect(await fixture.closed).toMatchObject({ code: 0 });
  });

  testWith(
    [terminal],
    'a REPL on a terminal: Ctrl-C ends what it evaluates, and ours is told of a SIGINT',
    async () => {
      const fixture = start(runtime, 'repl.js', { wrapper: [String(terminal.path)] });
      const output = () =>
        fixture
          .allOf('output')
          .map(({ text }) => text)
          .join('');
      // By this line or one that has come already: one may show two things.
      /** @param {RegExp} pattern */
      const shown = async (pattern) => {
        if (!pattern.test(output())) await fixture.line(() => pattern.test(output()));
      };
      /** @param {string} text */
      const type = (text) => {
        for (const character of `${text}\r`) fixture.tell(`type ${character.charCodeAt(0)}`);
      };
      await shown(/ready/);
      type('while (true) tick()');
      await shown(/OURS AGAIN/);
      fixture.tell(`type ${CONTROL_C}`);
      await shown(/interrupted/);
      await shown(/told 1/);
      await shown(/stands/);
      fixture.tell(`kill 2`);
      await shown(/told 2/);
      type('6 * 7');
      await shown(/42/);
      fixture.tell(`type ${CONTROL_D}`);
      expect(await fixture.line('ended')).toMatchObject({ code: 0, signal: 0 });
    },
  );
});
