// When the system refuses a descriptor, a thread or the permission: the error says which call and why, nothing is left
// half-installed, and the next attempt works. Each case is a process of its own.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { thisNode } = require('../helpers/runtimes');

const { EAGAIN, EMFILE, EPERM } = os.constants.errno;
const isLinux = process.platform === 'linux';

/** @param {string} command */
function has(command) {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A test that needs something of the machine, and says by name what was missing.
 * @param {boolean} isThere
 * @param {string} need
 * @param {string} title
 * @param {() => Promise<void>} body
 */
function testIf(isThere, need, title, body) {
  if (isThere) test(title, body);
  else test.skip(`${title} (needs ${need})`, body);
}

/** @param {import('../helpers/fixture').Fixture} fixture */
async function expectRecovery(fixture) {
  const { error, running } = await fixture.line('again');
  expect(error).toBeNull();
  expect(running).toBe(false);
}

describe('onSignal', () => {
  testIf(isLinux, '/proc', 'without descriptors for its pipe: EMFILE', async () => {
    // Node raises the soft limit to the hard one: this sets both.
    const wrapper = ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh'];
    const fixture = start(thisNode, 'refused.js', { args: ['descriptors'], wrapper });
    const { errors, before, after } = await fixture.line('refused');
    expect(errors).toHaveLength(2);
    for (const error of errors) {
      expect(error).toMatchObject({
        name: 'SignalError',
        code: 'ERR_SIGNAL_SYSTEM',
        errno: EMFILE,
        syscall: 'pipe2',
      });
      expect(error.message).toMatch(/pipe2.*EMFILE.*no descriptor left.*RLIMIT_NOFILE/);
    }
    expect(after).toEqual(before);
    await expectRecovery(fixture);
  });

  testIf(isLinux && has('prlimit'), 'prlimit', 'without a thread to be had: EAGAIN', async () => {
    const fixture = start(thisNode, 'refused.js', { args: ['threads'] });
    await fixture.line('ready');
    // As the fixture's user: another one would need CAP_SYS_RESOURCE, which root in a container often lacks.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const limit = (/** @type {string} */ soft) =>
      execFileSync('prlimit', ['--pid', String(fixture.pid), `--nproc=${soft}:`], user);
    const before =
      fs.readFileSync(`/proc/${fixture.pid}/limits`, 'utf8').match(/Max processes +(\S+)/)?.[1] ?? '';
    limit('1');
    fixture.tell('try');
    const { errors, ...states } = await fixture.line('refused');
    expect(errors).toEqual([
      expect.objectContaining({
        name: 'SignalError',
        code: 'ERR_SIGNAL_SYSTEM',
        errno: EAGAIN,
        syscall: 'pthread_create',
      }),
    ]);
    expect(errors[0].message).toMatch(/pthread_create.*EAGAIN.*no thread left.*RLIMIT_NPROC/);
    expect(states.after).toEqual(states.before);
    limit(before);
    fixture.tell('again');
    await expectRecovery(fixture);
    fixture.endInput();
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });
});

describe('send and queue', () => {
  const isOthers = isLinux && (process.getuid?.() === 0 || fs.statSync('/proc/1').uid !== process.getuid?.());

  testIf(isOthers, 'a process of another user', 'to a process of another user: EPERM', async () => {
    const fixture = start(thisNode, 'refused.js', { args: ['permission'] });
    const { errors, before, after } = await fixture.line('refused');
    const expected = { name: 'SignalError', code: 'ERR_SIGNAL_SYSTEM', errno: EPERM };
    expect(errors).toEqual([
      expect.objectContaining({ ...expected, syscall: 'kill' }),
      expect.objectContaining({ ...expected, syscall: 'kill' }),
      expect.objectContaining({ ...expected, syscall: 'sigqueue' }),
    ]);
    for (const error of errors) expect(error.message).toMatch(/EPERM.*another user/);
    expect(errors[1].message).toMatch(/\b1\b.*SIGWINCH/);
    expect(after).toEqual(before);
    await expectRecovery(fixture);
  });
});
