// What send, queue and their kin refuse: as bad-input.test.js. In process: nothing here may reach the kernel but a probe of a
// process that does not exist.
'use strict';

const os = require('node:os');
const { describe, expect, test } = require('@jest/globals');
/** @type {any} */
const sigbridge = require('../../lib');
const { expectRefusal, thrownBy } = require('../helpers/refusals');

// Above the highest pid_max that Linux allows.
const NOBODY = 4194305;
const { ESRCH } = os.constants.errno;

describe('queue: the value', () => {
  test.each([['x'], [undefined], [null], [true], [{}]])('%p has the wrong type', (value) => {
    const error = thrownBy(() => sigbridge.queue(NOBODY, 'SIGUSR2', value));
    const shown = typeof value === 'object' && value ? 'Object' : String(value);
    expectRefusal(error, 'ERR_INVALID_ARG_TYPE', [/^value\b/, 'number', 'bigint', shown]);
  });

  test.each([[2 ** 31], [-(2 ** 31) - 1], [1.5], [NaN], [Infinity]])('%p is no int32', (value) => {
    const error = thrownBy(() => sigbridge.queue(NOBODY, 'SIGUSR2', value));
    expectRefusal(error, 'ERR_OUT_OF_RANGE', [/^value\b/, '-2147483648', '2147483647', String(value)]);
  });

  test.each([[2n ** 64n], [-(2n ** 63n) - 1n]])('%p has more than 64 bits', (value) => {
    const error = thrownBy(() => sigbridge.queue(NOBODY, 'SIGUSR2', value));
    expectRefusal(error, 'ERR_OUT_OF_RANGE', [/^value\b/, '64', `${value}n`]);
  });

  test.each([[2 ** 31 - 1], [-(2 ** 31)], [2n ** 64n - 1n], [-(2n ** 63n)]])(
    '%p goes through, to nobody',
    (value) => {
      expect(thrownBy(() => sigbridge.queue(NOBODY, 'SIGUSR2', value)).errno).toBe(ESRCH);
    },
  );
});

describe('send and queue: whom', () => {
  test.each([
    [0, 'ERR_OUT_OF_RANGE', [/\b0$/, 'group: true']],
    [-1, 'ERR_OUT_OF_RANGE', [/-1$/, 'broadcast: true']],
    [1.5, 'ERR_OUT_OF_RANGE', [/1\.5$/, 'whole number']],
    [NaN, 'ERR_OUT_OF_RANGE', [/NaN$/, 'whole number']],
    [2 ** 31, 'ERR_OUT_OF_RANGE', [/2147483648$/, '2147483647']],
    ['1', 'ERR_INVALID_ARG_TYPE', [/'1'$/, 'number']],
    [null, 'ERR_INVALID_ARG_TYPE', [/null$/, 'number']],
    [undefined, 'ERR_INVALID_ARG_TYPE', [/undefined$/, 'number']],
  ])('send(%p)', (pid, code, words) => {
    expectRefusal(
      thrownBy(() => sigbridge.send(pid, 0)),
      code,
      [/^pid\b/, ...words],
    );
  });

  test.each([[0], [-1], [-NOBODY]])('queue(%p) knows no groups', (pid) => {
    const error = thrownBy(() => sigbridge.queue(pid, 0, 1));
    expectRefusal(error, 'ERR_OUT_OF_RANGE', [/^pid\b/, '1 or greater', String(pid)]);
  });

  test.each([[1.5], [NaN], [2 ** 31]])('queue(%p): what is allowed begins at 1', (pid) => {
    const error = thrownBy(() => sigbridge.queue(pid, 0, 1));
    expectRefusal(error, 'ERR_OUT_OF_RANGE', [/^pid\b/, 'from 1 to 2147483647', String(pid)]);
  });

  test('asking plainly for one does not ask for the other', () => {
    expect(thrownBy(() => sigbridge.send(-1, 0, { group: true })).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrownBy(() => sigbridge.send(0, 0, { broadcast: true })).code).toBe('ERR_OUT_OF_RANGE');
    expectRefusal(
      thrownBy(() => sigbridge.send(0, 0, { group: 1 })),
      'ERR_INVALID_ARG_TYPE',
      [/^options\.group\b/, 'boolean', '1'],
    );
    expect(sigbridge.send(0, 0, { group: true })).toBeUndefined();
  });

  test.each([
    ['send', 'kill', () => sigbridge.send(NOBODY, 'SIGUSR2')],
    ['send of 0', 'kill', () => sigbridge.send(NOBODY, 0)],
    ['send to a group', 'kill', () => sigbridge.send(-NOBODY, 'SIGUSR2')],
    ['queue', 'sigqueue', () => sigbridge.queue(NOBODY, 'SIGRTMIN+1', 7)],
  ])('%s to a process that does not exist', (_title, syscall, call) => {
    const error = thrownBy(call);
    expectRefusal(error, 'ERR_SIGNAL_SYSTEM', [
      new RegExp(`\\b${syscall}\\b`),
      'ESRCH',
      'no such process',
      String(NOBODY),
    ]);
    expect(error).toMatchObject({ errno: ESRCH, syscall });
  });
});

describe('sendToThread, openProcess and queueAsync', () => {
  /** @type {[id: unknown, code: string][]} */
  const notAProcess = [
    [0, 'ERR_OUT_OF_RANGE'],
    [-1, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
    [2 ** 31, 'ERR_OUT_OF_RANGE'],
    ['1', 'ERR_INVALID_ARG_TYPE'],
    [undefined, 'ERR_INVALID_ARG_TYPE'],
  ];
  test.each(notAProcess)('%p is no process and no thread', async (id, code) => {
    expectRefusal(
      thrownBy(() => sigbridge.sendToThread(id, 0)),
      code,
      [/^tid\b/],
    );
    expectRefusal(
      thrownBy(() => sigbridge.openProcess(id)),
      code,
      [/^pid\b/],
    );
    const error = await sigbridge.queueAsync(id, 0, 1).catch((/** @type {unknown} */ reason) => reason);
    expectRefusal(error, code, [/^pid\b/]);
    if (id === undefined) return;
    expectRefusal(
      thrownBy(() => sigbridge.sendToThread(1, 0, { pid: id })),
      code,
      [/^options\.pid\b/],
    );
  });

  test('options of the wrong type', async () => {
    expectRefusal(
      thrownBy(() => sigbridge.openProcess(NOBODY, { ref: 1 })),
      'ERR_INVALID_ARG_TYPE',
      [/^options\.ref\b/, 'boolean'],
    );
    expectRefusal(
      thrownBy(() => sigbridge.sendToThread(NOBODY, 0, { value: 'x' })),
      'ERR_INVALID_ARG_TYPE',
      [/^value\b/, 'bigint'],
    );
    for (const options of [{ signal: {} }, { timeout: 'x' }, null]) {
      const error = await sigbridge.queueAsync(NOBODY, 0, 1, options).catch((/** @type {unknown} */ e) => e);
      expectRefusal(error, 'ERR_INVALID_ARG_TYPE', [/^options\b/]);
    }
  });
});
