// The examples of the documentation run to their end, and say what their chapters say they do.
'use strict';

const { constants } = require('node:os');
const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

const terminal = tool('terminal', 'program');

/**
 * What each prints at last, among the rest; and the line at which it is sent its signal.
 * @type {Record<string, { last: RegExp, signal?: NodeJS.Signals, at?: string }>}
 */
const EXAMPLES = {
  sending: { last: /To ask a program to end: SIGHUP, SIGINT, SIGQUIT, SIGTERM\./ },
  timers: { last: /SIGALRM/ },
  'busy-loop': { last: /Worker: +20 x SIGRTMIN\+1/ },
  dispositions: { last: /And the end, by SIGTERM\./, signal: 'SIGTERM' },
  'critical-section': { last: /SIGUSR2: paid 10, booked 10/ },
  'http-service': {
    last: /client: answered on the way out, connection: close.*database: done.*report: done\nall done/s,
    signal: 'SIGTERM',
  },
  'stuck-shutdown': {
    // Deno names the signal that was sent first.
    last: /process\.on: still there.*process\.on: ended by SIG(KILL|TERM) after .*createShutdown: ended by SIGTERM after [5-9]\d\d ms/s,
  },
  health: { last: /critical: database failed, cache timeout\n3 reports by JavaScript, 1 by the wait thread/ },
  wait: { last: /none is left: null/ },
  'worker-pool': {
    at: 'working',
    last: /SIGTERM: \d+ of \d+ jobs are open\ndrained, 0 lost/,
    signal: 'SIGTERM',
  },
};

eachRuntime((runtime) => {
  for (const [name, { last, at, signal = null }] of Object.entries(EXAMPLES)) {
    test(name, async () => {
      const example = start(runtime, `../../examples/${name}.js`);
      if (at !== undefined && signal !== null) {
        await example.line(at);
        example.send(signal);
      }
      const { code, signal: seen, stdout } = await example.closed;
      expect(stdout).toMatch(last);
      expect({ code, signal: seen }).toEqual({ code: signal === null ? 0 : null, signal });
    });
  }

  testWith(
    [terminal],
    'terminal: ^C, ^Z, fg, SIGSTOP, SIGTERM: each leaves the terminal as it was',
    async () => {
      const { SIGINT, SIGSTOP, SIGTERM, SIGTSTP } = constants.signals;
      for (const end of [SIGINT, SIGTERM]) {
        const shell = start(runtime, '../../examples/terminal.js', { wrapper: [String(terminal.path)] });
        /** @param {string} text of what the program writes */
        const drawn = (text) =>
          shell.line(({ event, text: got }) => event === 'output' && got.includes(text));
        const raw = async () => {
          shell.tell('mode');
          return (await shell.line('mode')).raw;
        };
        await drawn('^Z stops');
        expect(await raw()).toBe(true);

        shell.tell('type 26');
        await drawn('[?1049l');
        expect(await shell.line('stopped')).toMatchObject({ signal: SIGTSTP, raw: false });
        shell.tell('fg');
        await drawn('^Z stops');
        expect(await raw()).toBe(true);

        // Twice: it listens again. And then the stop that it is not told of.
        shell.tell(`kill ${SIGTSTP}`);
        expect(await shell.line('stopped')).toMatchObject({ signal: SIGTSTP, raw: false });
        shell.tell('fg');
        await drawn('^Z stops');
        shell.tell(`kill ${SIGSTOP}`);
        expect(await shell.line('stopped')).toMatchObject({ signal: SIGSTOP });
        expect(await raw()).toBe(false);
        shell.tell('fg');
        await drawn('^Z stops');
        expect(await raw()).toBe(true);

        shell.tell(end === SIGINT ? 'type 3' : `kill ${end}`);
        await drawn('[?1049l');
        expect(await shell.line('ended')).toMatchObject({ signal: end, raw: false });
      }
    },
  );
});
