// Calls bench/native/driver.c with a contender as its receiver.
'use strict';

const { run } = require('./child');
const { compile } = require('./native');
const { signalNumber } = require('../..');

/** @typedef {import('./contenders').Contender} Contender */
/**
 * `mode` is the driver's. The receiver's differs where the three latency modes are one to it.
 * @typedef {{ mode: string, receiverMode?: string, count: number, warm: number, signal: string, senders?: number }} Drive
 */

/** @param {Contender | undefined} contender @param {Drive} drive */
async function drive(contender, { mode, receiverMode = mode, count, warm, signal, senders = 1 }) {
  if (contender === undefined) throw new Error('no such contender');
  const number = String(signalNumber(/** @type {import('../..').SignalName} */ (signal)));
  const receiver = [...contender.command, receiverMode, contender.byNumber ? number : signal];
  const args = [mode, String(count), String(warm), number, String(senders)];
  const lines = await run([compile('driver'), ...args, '--', ...receiver]);
  /** @param {string} role */
  const said = (role) => {
    const line = lines.find((one) => one.role === role);
    if (line === undefined) throw new Error(`the ${role} reported nothing`);
    return line;
  };
  return { driver: said('driver'), receiver: said('receiver') };
}

module.exports = { drive };
