// sigbridge/testing: what is refused, and what it says where nobody is subscribed. In process: nothing is subscribed here.
'use strict';

const { afterAll, describe, expect, test } = require('@jest/globals');
const { SignalError, stats } = require('../../lib');
/** @type {any} */
const testing = require('../../lib/testing');

const { armed, deliver, isSynthetic } = testing;
// Another test file of the same process may have had one.
const { ringCapacity } = stats();

afterAll(() => expect(stats()).toMatchObject({ running: false, ringCapacity }));

/** @type {[signal: unknown, fields: unknown, code: string, message: RegExp][]} */
const refused = [
  ['SIGFOO', {}, 'ERR_SIGNAL_INVALID', /^signal: .*'SIGFOO'/],
  [0, {}, 'ERR_SIGNAL_INVALID', /^signal: .* 0 /],
  [['SIGTERM'], {}, 'ERR_INVALID_ARG_TYPE', /^signal must be a signal name .* array of 1/],
  ['SIGKILL', {}, 'ERR_SIGNAL_UNCATCHABLE', /^signal: SIGKILL/],
  ['SIGTERM', null, 'ERR_INVALID_ARG_TYPE', /^fields must be an object; got null/],
  ['SIGTERM', { code: 0 }, 'ERR_INVALID_ARG_TYPE', /^fields\.code .* string; got 0/],
  ['SIGTERM', { code: 'user' }, 'ERR_OUT_OF_RANGE', /^fields\.code .*'SI_USER'.* got 'user'/],
  ['SIGTERM', { pid: -1 }, 'ERR_OUT_OF_RANGE', /^fields\.pid .* from 0 .* got -1/],
  ['SIGTERM', { pid: '1' }, 'ERR_INVALID_ARG_TYPE', /^fields\.pid .* got '1'/],
  ['SIGTERM', { uid: 2 ** 32 }, 'ERR_OUT_OF_RANGE', /^fields\.uid .* to 4294967295; got 4294967296/],
  ['SIGTERM', { uid: null }, 'ERR_INVALID_ARG_TYPE', /^fields\.uid .* got null/],
  ['SIGTERM', { value: 2 ** 31 }, 'ERR_OUT_OF_RANGE', /^fields\.value .* got 2147483648/],
  ['SIGTERM', { value: 'x' }, 'ERR_INVALID_ARG_TYPE', /^fields\.value .* bigint .* got 'x'/],
  ['SIGTERM', { status: 1.5 }, 'ERR_OUT_OF_RANGE', /^fields\.status .* got 1\.5/],
  ['SIGTERM', { overrun: -1 }, 'ERR_OUT_OF_RANGE', /^fields\.overrun .* got -1/],
  ['SIGTERM', { count: 0 }, 'ERR_OUT_OF_RANGE', /^fields\.count .* from 1 .* got 0/],
  ['SIGTERM', { timestamp: 1 }, 'ERR_INVALID_ARG_TYPE', /^fields\.timestamp .* bigint .* got 1/],
  ['SIGTERM', { timestamp: -1n }, 'ERR_OUT_OF_RANGE', /^fields\.timestamp .* got -1n/],
];

describe('deliver refuses', () => {
  test.each(refused)('%p, %p', (signal, fields, code, message) => {
    expect(() => deliver(signal, fields)).toThrow(expect.objectContaining({ code }));
    expect(() => deliver(signal, fields)).toThrow(message);
  });
});

test('deliver to nobody gives null, also for a reserved signal; no info of others is its own', () => {
  expect(deliver('SIGTERM')).toBe(null);
  expect(deliver('SIGSEGV', { code: 'SEGV_MAPERR' })).toBe(null);
  expect(deliver(15, { code: '-60' })).toBe(null);
  for (const other of [null, undefined, 'SIGTERM', {}]) expect(isSynthetic(other)).toBe(false);
});

/** @type {[signals: unknown, options: unknown, code: string][]} */
const notArmed = [
  ['SIGFOO', {}, 'ERR_SIGNAL_INVALID'],
  [[], {}, 'ERR_SIGNAL_INVALID'],
  [{}, {}, 'ERR_INVALID_ARG_TYPE'],
  ['SIGSTOP', {}, 'ERR_SIGNAL_UNCATCHABLE'],
  ['SIGTERM', null, 'ERR_INVALID_ARG_TYPE'],
  ['SIGTERM', { timeout: '1' }, 'ERR_INVALID_ARG_TYPE'],
  ['SIGTERM', { timeout: -1 }, 'ERR_OUT_OF_RANGE'],
];

test.each(notArmed)('armed(%p, %p) rejects', async (signals, options, code) => {
  await expect(armed(signals, options)).rejects.toMatchObject({ code });
});

test('armed says which of them nobody has subscribed to in time', async () => {
  const waiting = armed(['SIGTERM', 'SIGHUP'], { timeout: 5 });
  await expect(waiting).rejects.toBeInstanceOf(SignalError);
  await expect(waiting).rejects.toMatchObject({
    code: 'ERR_SIGNAL_TIMEOUT',
    message: 'nobody has subscribed to SIGTERM, SIGHUP within 5 ms',
  });
});
