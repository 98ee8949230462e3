// Other code in the process closes descriptors that are the package's, takes their numbers, or leaves none: signals still
// arrive, nobody's file is touched, and stats().health says what was done.
'use strict';

const { execFileSync } = require('node:child_process');
const { describe, expect, test } = require('@jest/globals');
const { send } = require('../../lib/index.js');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

/** @typedef {import('../helpers/fixture').Line} Line */

const FEW_DESCRIPTORS = ['sh', '-c', 'ulimit -n 256; exec "$@"', 'sh'];
const ALL = Array.from({ length: 20 }, (_, index) => index);
const WHOLE = { standard: ALL, realtime: ALL };

function hasLimit() {
  try {
    execFileSync('prlimit', ['--sigpending=8', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const testWithLimit = hasLimit() ? test : test.skip;

/** @param {Line} outcome */
function expectMended({ first, after, health, missing }) {
  expect({ first, after }).toEqual({ first: WHOLE, after: WHOLE });
  expect(missing).toEqual([]);
  expect(health).toMatchObject({
    level: 'warning',
    reasons: expect.arrayContaining([expect.objectContaining({ metric: 'recovery', level: 'warning' })]),
    recovery: {
      level: 'restarted',
      missing: [],
      // Of two that are closed one may get the number of the other.
      lastFailure: {
        code: expect.stringMatching(/^(EBADF|ESTALE)$/),
        time: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    },
  });
}

/** @param {Line} outcome */
function expectStrangerAlone({ first, after, same, read, written, health }) {
  expect({ first, after }).toEqual({ first: WHOLE, after: WHOLE });
  // 16 bytes are there; one of ours may have been on its way when the number changed hands.
  expect({ same, written, read: read === 16 || read === 15 }).toEqual({
    same: true,
    written: false,
    read: true,
  });
  expect(health.recovery).toMatchObject({
    level: 'restarted',
    missing: [],
    lastFailure: { errno: expect.any(Number) },
  });
}

eachRuntime((runtime) => {
  // Deno's node:fs closes what it has opened itself, nothing else.
  if (runtime.kind === 'deno') {
    test.skip('closed by other code: not to be had in Deno', () => {});
    return;
  }
  describe.each(['self-pipe', 'signalfd'])('%s', (backend) => {
    test('every descriptor closed, or another file under its number, or none to be had', async () => {
      const fixture = start(runtime, 'faults.js', {
        wrapper: FEW_DESCRIPTORS,
        env: { SIGBRIDGE_BACKEND: backend },
      });
      const { 'at first': before, ...cases } = await runCases(fixture);
      expect(before.recovery).toEqual({
        level: 'normal',
        missing: [],
        retries: 0,
        restarts: 0,
        degradations: 0,
        lastFailure: null,
      });
      // Node's loop has one of its own.
      expect(before.pipes).toBe(runtime.kind === 'node' ? 4 : 2);
      const { 'no descriptor left': none, 'exit watch closed': exits, ...mended } = cases;
      for (const [name, outcome] of Object.entries(mended)) {
        if (outcome.none) {
          // Bun has no pipe for its loop, and one backend no queue.
          expect(name).toMatch(/pipe end [23]|signalfd/);
        } else if (name.endsWith("stranger's")) {
          expectStrangerAlone(outcome);
        } else {
          expectMended(outcome);
        }
      }
      expect(mended['signalfd closed'].none ?? false).toBe(backend === 'self-pipe');
      expect(none).toMatchObject({
        without: WHOLE,
        after: WHOLE,
        degraded: true,
        health: {
          level: 'warning',
          recovery: {
            level: 'degraded',
            missing: expect.arrayContaining(['pipe']),
            lastFailure: { code: 'EMFILE' },
          },
        },
      });
      expect(none.now.missing).not.toContain('pipe');
      expect(exits).toMatchObject({ closed: 1, signal: 'SIGTERM' });
      const { left, backend: atLast } = await fixture.line('closed');
      expect({ left, atLast }).toEqual({ left: [], atLast: backend });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
    }, 60_000);
  });

  testWithLimit(
    'RLIMIT_SIGPENDING 0: what came without its sender is counted, and the full queue told',
    async () => {
      const receiver = start(runtime, 'listen.js', {
        args: ['SIGUSR2', 'SIGRTMIN+1'],
        wrapper: ['prlimit', '--sigpending=0'],
      });
      await receiver.line('ready');
      send(receiver.pid, 'SIGRTMIN+1');
      expect(await receiver.line('signal')).toMatchObject({ name: 'SIGRTMIN+1', pid: 0 });
      send(receiver.pid, 'SIGUSR2');
      expect(await receiver.line('signal')).toMatchObject({ name: 'SIGUSR2', pid: process.pid });
      receiver.tell('stats');
      const { stats } = await receiver.line('stats');
      expect(stats.process.bare).toBe(1);
      expect(stats.health).toMatchObject({
        level: 'critical',
        reasons: [{ metric: 'queue', level: 'critical', value: 1, limit: 0.95 }],
      });
    },
  );
});
