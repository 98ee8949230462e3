// exitBySignal acts out the default action, as the parent sees it: whoever handles the signal, whatever is blocked, on
// whatever thread, and as process 1 of a namespace, where the kernel knows no default actions.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, expect, test } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

/** @typedef {import('../helpers/runtimes').Runtime} Runtime */

const witness = tool('witness', 'program');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-core-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const CORES = ['sh', '-c', 'cd "$0" && ulimit -c unlimited && exec "$@"', folder];
const UNSHARE = ['unshare', '--pid', '--fork', '--mount-proc'];

/** @param {string[]} command */
function works([file, ...args]) {
  try {
    return execFileSync(file, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, WITNESS_CORE: '1' },
    });
  } catch {
    return undefined;
  }
}

const leavesCores =
  works([...CORES, String(witness.path), 'sh', '-c', 'kill -QUIT $$'])?.includes('"core":true') ?? false;
const hasNamespaces = works([...UNSHARE, 'true']) !== undefined;

/** @typedef {{ signal: string, how: string, wrapper?: string[], env?: Record<string, string> }} Case */

/**
 * @param {Runtime} runtime
 * @param {Case} one
 */
async function end(runtime, { signal, how, wrapper = [String(witness.path)], env = {} }) {
  const fixture = start(runtime, 'exit-by-signal.js', { args: [signal, how], wrapper, env });
  const { code, signal: by, core } = await fixture.line('ended');
  expect(fixture.allOf('told')).toEqual([]);
  const stops = fixture.allOf('stopped').map((line) => line.signal);
  return { fixture, signal, how, code, by, core, stops };
}

/**
 * Two at a time: the machine may have two processors.
 * @param {Runtime} runtime
 * @param {Case[]} cases
 */
async function endAll(runtime, cases) {
  const ends = [];
  for (let at = 0; at < cases.length; at += 2) {
    ends.push(...(await Promise.all(cases.slice(at, at + 2).map((one) => end(runtime, one)))));
  }
  return ends;
}

eachRuntime((runtime) => {
  testWith([witness], 'terminate and core: by the signal, whatever is in the way', async () => {
    const cases = [
      { signal: 'SIGTERM', how: 'subscribed,listening,guarded,worker' },
      { signal: 'SIGINT', how: 'subscribed,listening,guarded' },
      { signal: 'SIGHUP', how: 'listening,worker' },
      { signal: 'SIGRTMIN+2', how: 'subscribed,guarded' },
      { signal: 'SIGKILL', how: 'guarded' },
      { signal: 'SIGSEGV', how: 'subscribed' },
    ];
    for (const { signal, how, by, stops } of await endAll(runtime, cases)) {
      expect({ signal, how, by, stops }).toEqual({ signal, how, by: signalNumber(signal), stops: [] });
    }
  });

  testWith(
    [witness],
    'stop: the parent sees it, and after SIGCONT the end with 128 and its number',
    async () => {
      const cases = [
        { signal: 'SIGTSTP', how: 'subscribed,listening,guarded' },
        { signal: 'SIGTTOU', how: 'worker' },
        { signal: 'SIGSTOP', how: 'plain' },
      ];
      for (const { signal, code, stops } of await endAll(runtime, cases)) {
        expect({ signal, code, stops }).toEqual({
          signal,
          code: 128 + signalNumber(signal),
          stops: [signalNumber(signal)],
        });
      }
    },
  );

  testWith([witness], 'continue and ignore: 128 and its number', async () => {
    const cases = [
      { signal: 'SIGCONT', how: 'subscribed,guarded' },
      { signal: 'SIGCHLD', how: 'subscribed,listening' },
    ];
    for (const { signal, code } of await endAll(runtime, cases)) {
      expect({ signal, code }).toEqual({ signal, code: 128 + signalNumber(signal) });
    }
  });

  testWith([witness], 'what was written to stdout before has arrived', async () => {
    const cases = [
      { signal: 'SIGTERM', how: 'writing' },
      { signal: 'SIGTERM', how: 'waiting,subscribed' },
    ];
    const [writing, waiting] = await endAll(runtime, cases);
    expect(writing).toMatchObject({ by: signalNumber('SIGTERM') });
    expect(writing.fixture.stdout).toContain('the last words\n');
    expect(waiting).toMatchObject({ by: signalNumber('SIGTERM') });
    expect(waiting.fixture.stdout).toContain('x'.repeat(300_000));
  });

  if (leavesCores) {
    testWith([witness], 'a core file is left where RLIMIT_CORE allows it', async () => {
      const wrapper = [...CORES, String(witness.path)];
      const env = { WITNESS_CORE: '1' };
      const one = await end(runtime, { signal: 'SIGQUIT', how: 'subscribed', wrapper, env });
      expect(one).toMatchObject({ by: signalNumber('SIGQUIT'), core: true });
    });
  } else {
    test.skip('a core file is left where RLIMIT_CORE allows it (the system leaves none here)', () => {});
  }

  if (hasNamespaces) {
    testWith([witness], 'as process 1 of a PID namespace: 128 and its number', async () => {
      const wrapper = [String(witness.path), ...UNSHARE];
      const cases = [
        { signal: 'SIGTERM', how: 'subscribed', wrapper },
        { signal: 'SIGINT', how: 'plain', wrapper },
        { signal: 'SIGKILL', how: 'guarded', wrapper },
        { signal: 'SIGSTOP', how: 'plain', wrapper },
      ];
      for (const { fixture, signal, code, by } of await endAll(runtime, cases)) {
        expect({ signal, code, by }).toEqual({ signal, code: 128 + signalNumber(signal), by: 0 });
        expect(fixture.allOf('ready')).toEqual([{ event: 'ready', pid: 1 }]);
      }
    });
  } else {
    test.skip('as process 1 of a PID namespace (no unshare --pid here)', () => {});
  }
});
