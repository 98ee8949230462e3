// The receiver's queue is full (RLIMIT_SIGPENDING): who is told so, and queueAsync, which waits.
'use strict';

const { execFileSync } = require('node:child_process');
const os = require('node:os');
const { expect, test } = require('@jest/globals');
const { openProcess, queue, send, sendToThread } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

const { EAGAIN, ESRCH } = os.constants.errno;
const FULL = "the receiver's queue is full (RLIMIT_SIGPENDING)";
/** @param {string} syscall */
const full = (syscall) => ({
  error: { code: 'ERR_SIGNAL_SYSTEM', errno: EAGAIN, syscall, message: expect.stringContaining(FULL) },
});

/** @param {string} file @param {string[]} args */
function works(file, args) {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const hasLimit = works('prlimit', ['--sigpending=8', 'true']);
// Only root can give the receiver a user, and so a count, of its own.
const isAlone = works('setpriv', ['--reuid=54321', '--clear-groups', 'true']);
const testWithLimit = hasLimit ? test : test.skip;

eachRuntime((runtime) => {
  testWithLimit('a full queue: the error says so, and queueAsync waits as long as it may', async () => {
    const fixture = start(runtime, 'full-queue.js', { args: [isAlone ? 'alone' : 'shared'] });
    await fixture.line('end');
    const [{ accepted, error }] = fixture.allOf('full');
    expect({ error }).toMatchObject(full('sigqueue'));
    if (isAlone) expect(accepted).toBe(8);
    else expect(accepted).toBeLessThanOrEqual(8);
    expect(fixture.allOf('call')).toMatchObject([
      { call: 'handle, queue', ...full('pidfd_send_signal') },
      { call: 'thread, with a value', ...full('rt_tgsigqueueinfo') },
      { call: 'thread, real-time', ...full('tgkill') },
      { call: 'another real-time signal', ...full('sigqueue') },
      { call: 'queue, a standard signal' },
      { call: 'send, real-time' },
      { call: 'handle, send, real-time' },
      { call: 'probe' },
    ]);
    expect(fixture.allOf('call').filter((line) => 'error' in line)).toHaveLength(4);
    // Those that wait are settled by the receiver's end, one way or the other: what is killed has room again until it is
    // waited for.
    const outcomes = Object.fromEntries(fixture.allOf('async').map(({ call, error: end }) => [call, end]));
    const gone = { code: 'ERR_SIGNAL_SYSTEM', errno: ESRCH, syscall: 'sigqueue' };
    expect(outcomes).toMatchObject({
      timeout: { code: 'ERR_SIGNAL_TIMEOUT' },
      abort: { code: 'ERR_SIGNAL_ABORTED', message: expect.stringContaining('enough') },
      ended: gone,
      'aborted before': { code: 'ERR_SIGNAL_ABORTED' },
      'bad pid': { code: 'ERR_OUT_OF_RANGE' },
      'bad signal': { code: 'ERR_SIGNAL_INVALID' },
      'bad value': { code: 'ERR_OUT_OF_RANGE' },
      'bad timeout': { code: 'ERR_OUT_OF_RANGE' },
    });
    expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['waits', 'waits too']));
    expect(outcomes['standard signal']).toBeUndefined();
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  testWithLimit('what a full queue does not refuse arrives without what it carries', async () => {
    const receiver = start(runtime, 'listen.js', {
      args: ['SIGUSR2', 'SIGRTMIN+1'],
      wrapper: ['prlimit', '--sigpending=0'],
    });
    await receiver.line('ready');
    const { pid } = receiver;
    const handle = openProcess(pid);
    const bare = { code: 'SI_USER', pid: 0, value: 0 };
    const whole = { code: 'SI_USER', pid: process.pid };
    /** @type {[act: () => void, name: string, arrives: object][]} */
    const rows = [
      [() => queue(pid, 'SIGUSR2', 5), 'SIGUSR2', bare],
      [() => handle.queue('SIGUSR2', 5), 'SIGUSR2', bare],
      [() => sendToThread(pid, 'SIGUSR2', { pid, value: 5 }), 'SIGUSR2', bare],
      [() => sendToThread(pid, 'SIGUSR2', { pid }), 'SIGUSR2', bare],
      [() => send(pid, 'SIGUSR2'), 'SIGUSR2', whole],
      [() => handle.send('SIGUSR2'), 'SIGUSR2', whole],
      [() => send(pid, 'SIGRTMIN+1'), 'SIGRTMIN+1', bare],
      [() => handle.send('SIGRTMIN+1'), 'SIGRTMIN+1', bare],
    ];
    for (const [act, name, arrives] of rows) {
      act();
      expect(await receiver.line('signal')).toMatchObject({ name, ...arrives });
    }
    handle.close();
  });

  testWithLimit('queueAsync delivers many more than there is room for, in order', async () => {
    const receiver = start(runtime, 'listen.js', {
      args: ['SIGRTMIN+1'],
      wrapper: ['prlimit', '--sigpending=16'],
    });
    await receiver.line('ready');
    const sender = start(runtime, 'queue-async.js', { args: [receiver.pid, 'SIGRTMIN+1', 300] });
    const { accepted } = await sender.line('queued');
    expect(accepted).toBeLessThanOrEqual(16);
    expect(await sender.line('sent')).toMatchObject({ accepted: 300, inOrder: true });
    const infos = await receiver.linesOf('signal', 300);
    expect(infos.map(({ value }) => value)).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(await sender.closed).toMatchObject({ code: 0, signal: null });
  });
});
