// Critical sections, and the masks of their threads, from outside: what was sent in the middle arrives after, in order,
// once.
'use strict';

const { expect, test } = require('@jest/globals');
const { signalNumber } = require('../../lib/index.js');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { parallelSeries, sigsend } = require('../helpers/senders');
const { testWith } = require('../helpers/tools');

/** @typedef {import('../helpers/fixture').Line} Line */

const BAD = {
  "mask.block('SIGFOO')": 'ERR_SIGNAL_INVALID',
  "mask.block('SIGKILL')": 'ERR_SIGNAL_UNCATCHABLE',
  "mask.set(['SIGUSR2', 'SIGSTOP'])": 'ERR_SIGNAL_UNCATCHABLE',
  "mask.push('SIGSEGV')": 'ERR_SIGNAL_RESERVED',
  'mask.unblock(32)': 'ERR_SIGNAL_RESERVED',
  'mask.block({})': 'ERR_INVALID_ARG_TYPE',
  'mask.block(undefined)': 'ERR_INVALID_ARG_TYPE',
  'mask.block of holes': 'ERR_INVALID_ARG_TYPE',
  'mask.pop("1")': 'ERR_INVALID_ARG_TYPE',
  'mask.pop(0)': 'ERR_OUT_OF_RANGE',
  'criticalSection([])': 'ERR_SIGNAL_INVALID',
  "criticalSection('SIGKILL')": 'ERR_SIGNAL_UNCATCHABLE',
  'criticalSection of no function': 'ERR_INVALID_ARG_TYPE',
  'criticalSection of an async function': 'ERR_INVALID_ARG_TYPE',
  'criticalSection that returns a promise': 'ERR_INVALID_ARG_TYPE',
};

/** What each case of the program has to say. */
const EXPECTED = {
  'what was blocked before stays pending, though a push was left open': {
    code: 'ERR_MASK_OVERFLOW',
    left: ['SIGUSR2'],
    found: 'SI_TKILL',
  },
  'the mask is as before, whatever the function did to it': {
    inside: ['SIGHUP', 'SIGUSR1', 'SIGWINCH'],
    after: ['SIGWINCH'],
  },
  'blocked during, delivered after': {
    inside: { told: 0, pending: ['SIGUSR2'] },
    told: [{ name: 'SIGUSR2', value: 0, count: 1 }],
    after: [],
  },
  'nested, last in first out': {
    seen: [['SIGUSR2', 'SIGRTMIN+2'], ['SIGUSR2'], []],
    told: ['SIGRTMIN+2', 'SIGUSR2'],
  },
  'restored when it throws': {
    before: ['SIGWINCH'],
    after: ['SIGWINCH'],
    message: 'inside',
    value: 42,
  },
  'process.on is told after it, once': { inside: 0, runtimes: 1, told: 1 },
  'process.on alone is told after it': { inside: 0, runtimes: 1 },
  'each thread has its own mask': {
    first: { mask: ['SIGCONT', 'SIGWINCH'], depth: 1 },
    main: { mask: ['SIGUSR1'], depth: 1 },
    second: { mask: ['SIGCONT', 'SIGWINCH'], depth: 1 },
    after: [],
    depth: 0,
  },
  'a Worker that exits inside lets go': {
    told: [{ name: 'SIGUSR2', value: 0, count: 1 }],
    held: [],
  },
  'pending before and after': {
    before: { thread: [], process: [], held: [] },
    after: { all: ['SIGCHLD'], thread: ['SIGCHLD'], process: [], held: [] },
    ended: [],
  },
  'block, unblock, set': {
    steps: [[], ['SIGHUP', 'SIGUSR2'], ['SIGUSR2'], ['SIGWINCH']],
    end: [],
  },
};

eachRuntime((runtime) => {
  testWith([sigsend], 'critical sections, masks of their threads', async () => {
    const fixture = start(runtime, 'sections.js');
    const results = await runCases(fixture);
    expect(results).toMatchObject(EXPECTED);

    const { told } = results['several pending, all delivered'];
    expect(told.filter((/** @type {Line} */ { name }) => name === 'SIGRTMIN+1')).toHaveLength(3);
    expect(new Set(told.map((/** @type {Line} */ { name }) => name)).size).toBe(3);

    const { before, inside } = results['children do not inherit'];
    expect(inside).toBe(before);

    const stack = results['the stack'];
    expect(stack.depths).toEqual(Array.from({ length: 17 }, (_, depth) => depth));
    expect(stack).toMatchObject({ atTop: ['SIGUSR2'], depthThen: 1, end: [], depth: 0 });
    expect(stack.overflow.error.code).toBe('ERR_MASK_OVERFLOW');
    for (const what of ['wrongOrder', 'underflow', 'outside'])
      expect(stack[what].error.code).toBe('ERR_MASK_UNDERFLOW');
    expect(stack.leftOpen.error.code).toBe('ERR_MASK_OVERFLOW');

    const ours = results['what a subscription blocks is not shown, and stays'];
    expect(ours).toMatchObject({ open: true, shown: ['SIGRTMIN+1'], current: [], kept: ['SIGRTMIN+1'] });
    expect(Number.parseInt(ours.end, 16)).toBe(0);

    const { errors, huge, mask, depth } = results['bad input'];
    expect(Object.fromEntries(errors.map((/** @type {Line} */ { call, code }) => [call, code]))).toEqual(BAD);
    expect({ huge, mask, depth }).toEqual({ huge: [], mask: [], depth: 0 });
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
  });

  test('a signal nobody subscribed to does its default after the section', async () => {
    const fixture = start(runtime, 'section-endings.js', { args: ['unwatched'] });
    await fixture.line('please');
    fixture.send('SIGHUP');
    await fixture.line('still here');
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGHUP' });
    expect(fixture.stdout).not.toMatch('not here');
  });

  test('what is held when the process exits ends with it', async () => {
    const fixture = start(runtime, 'section-endings.js', { args: ['exits inside'] });
    expect(await fixture.closed).toMatchObject({ code: 7, signal: null });
  });

  testWith(
    [sigsend],
    '10,000 sections under a storm of four senders: nothing broken, nothing lost',
    async () => {
      const fixture = start(runtime, 'section-endings.js', { args: ['storm'] });
      await fixture.line('ready');
      const senders = parallelSeries(
        fixture.pid,
        [1, 2, 3, 4].map((n) => signalNumber(`SIGRTMIN+${n}`)),
        2_500,
      );
      const noise = setInterval(() => fixture.send('SIGUSR2'), 1);
      const { broken, values, dropped, discarded, runtimes } = await fixture
        .line('end', { deadline: 45_000 })
        .finally(() => clearInterval(noise));
      await senders;
      expect({ broken, dropped, discarded, runtimes }).toEqual({
        broken: 0,
        dropped: 0,
        discarded: 0,
        runtimes: true,
      });
      for (const list of Object.values(values)) {
        const swaps = list.filter(
          (/** @type {number} */ value, /** @type {number} */ i) => i > 0 && value < list[i - 1],
        ).length;
        // In Bun and Deno a thread that the runtime starts in the middle may take one out of turn.
        expect(swaps).toBeLessThanOrEqual(runtime.kind === 'node' ? 0 : 3);
        expect([...list].sort((a, b) => a - b)).toEqual(Array.from({ length: 2_500 }, (_, i) => i + 1));
      }
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    },
  );
});
