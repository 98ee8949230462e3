// What other projects' public signal tests hold to be true, held of this package: docs/conformance.md says whose each is.
'use strict';

const { expect, test } = require('@jest/globals');
const { runCases } = require('../helpers/cases');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');

/** What each case of the program has to say. */
const EXPECTED = {
  'a listener that closes at the tenth delivery hears no more, and a new one hears all': {
    after: [10, 10, 20],
  },
  'two listeners on each of two signals hear all of their own': { times: [10, 10, 10, 10] },
  'listeners for one delivery beside listeners that stay, and closed ones': {
    found: [[1], [1, 1], [1, 1, 0], [10, 10, 0], [0, 0, 1, 1], [0, 1, 0, 10]],
  },
  'closed with a delivery on its way: not called, and the process goes on': { times: [0, 1] },
  'a number that is no signal is refused everywhere': { codes: ['ERR_SIGNAL_INVALID'] },
  'arguments of the wrong kind are refused': {
    wrong: ['ERR_INVALID_ARG_TYPE'],
    outside: ['ERR_OUT_OF_RANGE'],
  },
  'what stood before is told again after the last close': { before: false, during: true, same: true },
  'a listener is never made into text': { made: 0 },
  'two signals raised one after the other are told in that order': {
    told: ['SIGWINCH', 'SIGALRM', 'SIGALRM', 'SIGWINCH'],
  },
  'blocked it is pending, alone; unblocked it is told, and the mask is the old one': {
    before: [],
    empty: [],
    one: ['SIGWINCH'],
    blocked: ['SIGWINCH'],
    both: ['SIGUSR2', 'SIGWINCH'],
    early: 0,
    after: [],
    times: [1, 1],
  },
  'every signal that may be blocked can be, and opened again': { same: true, subset: true, left: [] },
  'what a wait took is told to nobody else': {
    taken: ['SIGALRM', 'SIGALRM', 'SIGALRM', null, null],
    codes: ['SI_KERNEL', 'SI_KERNEL'],
    early: 0,
    times: 1,
  },
  'a signal to this very thread arrives': { code: 'SI_TKILL', self: true },
  'raised, it says who raised it': { signal: 'SIGUSR2', known: true, self: true },
  'an interval of a microsecond still fires': { signal: 'SIGALRM', count: 1 },
  'a listener that sets a timer loses no signal of it': { times: 100 },
  'two signals at the same moment are both told': { times: 200 },
  'a process handle signals; a process that has gone cannot be': {
    told: 'SIGUSR2',
    closed: 'ERR_SIGNAL_CLOSED',
    there: true,
    signal: 'SIGKILL',
    gone: ['ERR_SIGNAL_SYSTEM', 'kill'],
  },
  'open once, closed for good, and closing again does nothing': { states: [false, true, true, false] },
  'a stream gives what came before it was asked, and ends when it is closed, asked or not': {
    first: 'SIGUSR2',
    early: false,
    ends: [true, true],
  },
  'one of two listeners taken away, then both, then one back': { times: [0, 2, 1], between: false },
  'SIGKILL and SIGSTOP are refused on every way in, the synchronous faults unless forced': {
    codes: [['ERR_SIGNAL_UNCATCHABLE'], ['ERR_SIGNAL_UNCATCHABLE'], ['ERR_SIGNAL_RESERVED']],
  },
  'a fault that was sent, not made, reaches a listener that was forced': { times: 2, ours: false },
};

const WORDS = 'descriptions are those of the C library; names and numbers lead to each other';

eachRuntime((runtime) => {
  test('assertions of other projects', async () => {
    const fixtures = ['conformance.js', 'conformance-sending.js'].map((program) => start(runtime, program));
    const [listening, sending] = await Promise.all(fixtures.map(runCases));
    const { [WORDS]: described, ...results } = { ...listening, ...sending };
    expect(results).toEqual(EXPECTED);
    expect(described).toMatchObject({ known: true, range: true, back: true });
    for (const [index, word] of ['Interrupt', 'Terminated', 'Hangup'].entries()) {
      expect(described.words[index]).toMatch(word);
    }
    for (const { closed } of fixtures) {
      expect(await closed).toMatchObject({ code: 0, signal: null, stderr: '' });
    }
  });

  test('a listener that closes the last subscription and raises the signal again ends the process', async () => {
    const fixture = start(runtime, 'conformance.js', { args: ['ends'] });
    await fixture.line('closed');
    expect(await fixture.closed).toMatchObject({ code: null, signal: 'SIGINT', stderr: '' });
    expect(fixture.allOf('called after close')).toEqual([]);
  });

  test('a subscription closed while the process ends', async () => {
    const fixture = start(runtime, 'conformance.js', { args: ['exit'] });
    expect(await fixture.closed).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(fixture.allOf('exits')).toHaveLength(1);
  });
});
