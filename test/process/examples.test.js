// The examples of the documentation run to their end, and say what their chapters say they do.
'use strict';

const { expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

/** What each prints at last, among the rest. @type {Record<string, { last: RegExp, signal?: string }>} */
const EXAMPLES = {
  sending: { last: /To ask a program to end: SIGHUP, SIGINT, SIGQUIT, SIGTERM\./ },
  timers: { last: /SIGALRM/ },
  'busy-loop': { last: /Worker: +20 x SIGRTMIN\+1/ },
  dispositions: { last: /And the end, by SIGTERM\./, signal: 'SIGTERM' },
  'critical-section': { last: /SIGUSR2: paid 10, booked 10/ },
  health: { last: /critical: database failed, cache timeout\n3 reports by JavaScript, 1 by the wait thread/ },
  wait: { last: /none is left: null/ },
};

eachRuntime((runtime) => {
  for (const [name, { last, signal = null }] of Object.entries(EXAMPLES)) {
    test(name, async () => {
      const example = start(runtime, `../../examples/${name}.js`);
      const { code, signal: seen, stdout } = await example.closed;
      expect(stdout).toMatch(last);
      expect({ code, signal: seen }).toEqual({ code: signal === null ? 0 : null, signal });
    });
  }
});
