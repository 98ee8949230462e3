// The other end of test/fixtures/lib/cases.js: sends what a program asks for, and gathers what its cases say. Jest side.
'use strict';

const { signalNumber } = require('../../lib/index.js');
const { queue, series } = require('./senders');

/** @typedef {import('./fixture').Fixture} Fixture */
/** @typedef {import('./fixture').Line} Line */

/** 'USR2', 'queue RTMIN+5 77', or 'series RTMIN+5 1000'. @param {Fixture} fixture @param {string} request */
async function oblige(fixture, request) {
  const [signal, value] = request.replace(/^(queue|series) /, '').split(' ');
  const signo = signalNumber(`SIG${signal}`);
  if (value === undefined) fixture.send(signo);
  else if (request.startsWith('series')) await series(fixture.pid, signo, signo, Number(value));
  else await queue(fixture.pid, signo, Number(value));
}

/** @param {Fixture} fixture @returns {Promise<Record<string, Line>>} by the cases' names */
async function runCases(fixture) {
  for (;;) {
    const line = await fixture.line(({ event }) => ['please', 'end', 'failed'].includes(event));
    if (line.event === 'failed') throw new Error(line.message);
    if (line.event === 'end') break;
    for (const request of line.signals) await oblige(fixture, request);
  }
  return Object.fromEntries(fixture.allOf('case').map(({ event, name, ...result }) => [name, result]));
}

module.exports = { runCases };
