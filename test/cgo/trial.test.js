// The judge of the trials: a listener that is called no longer is told from a signal that was lost once, and from a
// program that answers no longer.
'use strict';

const path = require('node:path');
const { afterEach, expect, test } = require('@jest/globals');
const { Program, isListening } = require('./trial');

/** @type {Program | undefined} */
let program;
afterEach(() => program?.kill());

/** @param {string} how see programs/hard-of-hearing.js @param {{ patience: number, deadline?: number }} times */
async function judge(how, { patience, deadline = 30_000 }) {
  program = new Program([process.execPath, path.join(__dirname, 'programs/hard-of-hearing.js'), how]);
  const { pid } = await program.line('ready', 0, Date.now() + 30_000);
  /** @type {string[]} */
  const lost = [];
  const until = Date.now() + deadline;
  return { listening: await isListening(program, pid, { until, lost, sendAgainAfter: patience }), lost };
}

test('every listener is called', async () => {
  expect(await judge('0', { patience: 20_000 })).toEqual({ listening: true, lost: [] });
}, 60_000);

test('a signal that is lost once is sent again, and told', async () => {
  const { listening, lost } = await judge('1', { patience: 500 });
  expect(listening).toBe(true);
  expect(lost.filter((name) => name === 'SIGINT').length).toBeGreaterThanOrEqual(3);
}, 60_000);

test('a listener that is never called is deaf', async () => {
  expect((await judge('never', { patience: 200 })).listening).toBe(false);
}, 60_000);

test('a program that answers no longer is not called deaf', async () => {
  expect(await judge('silent', { patience: 200, deadline: 500 })).toEqual({ listening: undefined, lost: [] });
}, 60_000);
