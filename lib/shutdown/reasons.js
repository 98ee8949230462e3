// Why a shutdown began, and what that means for its end. JS thread.
'use strict';

const os = require('node:os');
const { native } = require('../binding');
const { BY_SIGNAL, BY_SIGNALS_CODE } = require('./options');

/** @typedef {import('../../binding').SignalInfo} SignalInfo */
/** @typedef {import('./end').Ending} Ending */

const { SIGTERM } = os.constants.signals;
// As in shutdown_deadline.cc: npm and others pass on the Ctrl-C that the terminal has sent to all.
const ECHO = 500_000_000n;

/** @param {SignalInfo} first @param {SignalInfo} info */
function isEcho(first, info) {
  const differ = (first.code === 'SI_KERNEL') !== (info.code === 'SI_KERNEL');
  return first.number === info.number && differ && info.timestamp - first.timestamp < ECHO;
}

/** On one line, whatever a program calls its steps. @param {readonly string[]} names */
const list = (names) => names.map((name) => `'${name.replace(/\p{Cc}/gu, '?')}'`).join(', ');

/**
 * The signal that a reason names: a SignalInfo does, and so does 'SIGTERM'.
 * @param {any} reason
 * @returns {number | undefined}
 */
function signalOf(reason) {
  const name = typeof reason === 'object' && reason !== null ? reason.name : reason;
  if (typeof name !== 'string' || reason instanceof Error) return undefined;
  return native().numberOf(name) || undefined;
}

/**
 * @param {unknown} reason
 * @param {number} end as options.exit was understood
 * @returns {Ending}
 */
function endingFor(reason, end) {
  const signo = signalOf(reason);
  if (signo !== undefined) {
    const code = end === BY_SIGNAL ? undefined : end === BY_SIGNALS_CODE ? 128 + signo : end;
    return { signo, code };
  }
  const chosen = Math.max(end, 0);
  return { signo: SIGTERM, code: reason instanceof Error ? chosen || 1 : chosen };
}

module.exports = { endingFor, isEcho, list };
