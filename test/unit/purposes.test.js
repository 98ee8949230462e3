// What signals do and are for: default actions, exit codes, groups.
'use strict';

const { execFileSync } = require('node:child_process');
const { describe, expect, test } = require('@jest/globals');
/** @type {any} */
const sigbridge = require('../../lib');
const { defaultAction, exitCode, signalFromExitCode, signalGroups, signalNumber, validSignals } = sigbridge;

describe('defaultAction', () => {
  // POSIX.1-2024, signal.h.
  test.each([
    ['SIGABRT', 'core'],
    ['SIGALRM', 'terminate'],
    ['SIGBUS', 'core'],
    ['SIGCHLD', 'ignore'],
    ['SIGCONT', 'continue'],
    ['SIGFPE', 'core'],
    ['SIGHUP', 'terminate'],
    ['SIGILL', 'core'],
    ['SIGINT', 'terminate'],
    ['SIGKILL', 'terminate'],
    ['SIGPIPE', 'terminate'],
    ['SIGQUIT', 'core'],
    ['SIGSEGV', 'core'],
    ['SIGSTOP', 'stop'],
    ['SIGTERM', 'terminate'],
    ['SIGTSTP', 'stop'],
    ['SIGTTIN', 'stop'],
    ['SIGTTOU', 'stop'],
    ['SIGUSR1', 'terminate'],
    ['SIGUSR2', 'terminate'],
    ['SIGURG', 'ignore'],
    ['SIGVTALRM', 'terminate'],
    ['SIGWINCH', 'ignore'],
    ['SIGXCPU', 'core'],
    ['SIGXFSZ', 'core'],
    ['SIGRTMIN', 'terminate'],
    ['SIGRTMAX', 'terminate'],
    ['SIGIOT', 'core'],
  ])('%s: %s', (signal, action) => {
    expect(defaultAction(signal)).toBe(action);
    expect(defaultAction(signalNumber(signal))).toBe(action);
  });
});

describe('exit codes', () => {
  test('lead back to their signal, for every signal', () => {
    for (const name of validSignals()) {
      expect(exitCode(name)).toBe(128 + signalNumber(name));
      expect(signalFromExitCode(exitCode(name))).toBe(name);
    }
  });

  test('are what a shell reports', () => {
    for (const name of ['SIGTERM', 'SIGKILL', 'SIGHUP']) {
      const script = `sh -c 'kill -s ${name.slice(3)} $$' 2>/dev/null; echo $?`;
      expect(Number(execFileSync('sh', ['-c', script], { encoding: 'utf8' }))).toBe(exitCode(name));
    }
  });

  test.each([[0], [1], [127], [128], [255]])('%p is of no signal', (code) => {
    expect(signalFromExitCode(code)).toBeNull();
  });

  (process.platform === 'linux' ? test : test.skip)('those of signals that libc keeps are of none', () => {
    expect([160, 161, 193].map(signalFromExitCode)).toEqual([null, null, null]);
  });

  test.each([
    [-1, 'ERR_OUT_OF_RANGE'],
    [256, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
    [NaN, 'ERR_OUT_OF_RANGE'],
    ['143', 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    [undefined, 'ERR_INVALID_ARG_TYPE'],
    [143n, 'ERR_INVALID_ARG_TYPE'],
  ])('%p is refused', (code, expected) => {
    expect(() => signalFromExitCode(code)).toThrow(
      expect.objectContaining({ code: expected, message: expect.stringMatching(/^code must be/) }),
    );
  });
});

describe('signalGroups', () => {
  test('are these, in the order of their numbers', () => {
    /** @param {string[]} names */
    const sorted = (names) => [...names].sort((a, b) => signalNumber(a) - signalNumber(b));
    expect(signalGroups.terminating).toEqual(sorted(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']));
    expect(signalGroups.jobControl).toEqual(sorted(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGCONT']));
    expect(signalGroups.faults).toEqual(
      sorted(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP']),
    );
    expect(signalGroups.realTime).toEqual(
      validSignals().filter((/** @type {string} */ name) => name.startsWith('SIGRT')),
    );
  });

  test('cannot be changed, and are the same arrays each time', () => {
    expect(Object.keys(signalGroups).sort()).toEqual(['faults', 'jobControl', 'realTime', 'terminating']);
    expect(Object.isFrozen(signalGroups)).toBe(true);
    for (const group of Object.keys(signalGroups)) {
      expect(Object.isFrozen(signalGroups[group])).toBe(true);
      expect(signalGroups[group]).toBe(signalGroups[group]);
    }
  });
});
