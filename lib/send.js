// Sending signals, and ending this process by one. JS thread. A signal may be for this process: what process.on has just
// changed is settled before it is sent.
'use strict';

const { check, native } = require('./binding');
const { outOfRange } = require('./errors');
const { settle } = require('./runtime-listeners');
const { toFlag, toInt32, toOptions, toValueBits } = require('./validate');
const { toSignalNumber } = require('./validate-signal');

/**
 * kill(2) reaches whole groups through pids below 1: a pid that was lost on the way (0, -1) must not do that.
 * @param {unknown} value
 * @param {{ group?: boolean, broadcast?: boolean }} [options]
 */
function toTarget(value, options) {
  const pid = toInt32(value, 'pid');
  const given = toOptions(options);
  const group = toFlag(given.group, 'group');
  const broadcast = toFlag(given.broadcast, 'broadcast');
  if (pid === 0 && !group) {
    throw outOfRange(
      'pid',
      "not 0, which is this process's whole group: {group: true} asks for that plainly",
      pid,
    );
  }
  if (pid === -1 && !broadcast) {
    throw outOfRange(
      'pid',
      'not -1, which is every process there is: {broadcast: true} asks for that plainly',
      pid,
    );
  }
  return pid;
}

/**
 * Of one process, or of one thread.
 * @param {unknown} value
 * @param {string} name of the argument
 */
function toProcessId(value, name) {
  if (Number.isInteger(value) && /** @type {number} */ (value) < 1)
    throw outOfRange(name, 'one process or thread, 1 or greater (only send() knows groups)', value);
  return toInt32(value, name, 1);
}

/**
 * @param {unknown} signal a name, a number, or 0 to probe
 */
function toSendable(signal) {
  return signal === 0 ? 0 : toSignalNumber(signal, 'signal');
}

/**
 * @param {number} pid
 * @param {string | number} signal
 * @param {{ group?: boolean, broadcast?: boolean }} [options]
 */
function send(pid, signal, options) {
  const target = toTarget(pid, options);
  const signo = toSendable(signal);
  settle();
  check(native().kill(target, signo), `${target}, ${signo === 0 ? 0 : native().nameOf(signo)}`);
}

/**
 * @param {number} pid
 * @param {string | number} signal
 * @param {number | bigint} value
 */
function queue(pid, signal, value) {
  const target = toProcessId(pid, 'pid');
  const signo = toSendable(signal);
  const bits = toValueBits(value);
  settle();
  check(
    native().queue(target, signo, bits),
    `${target}, ${signo === 0 ? 0 : native().nameOf(signo)}, ${value}`,
  );
}

/**
 * @param {number} tid
 * @param {string | number} signal
 * @param {{ pid?: number, value?: number | bigint }} [options]
 */
function sendToThread(tid, signal, options) {
  const thread = toProcessId(tid, 'tid');
  const given = toOptions(options);
  const pid = given.pid === undefined ? process.pid : toProcessId(given.pid, 'options.pid');
  const signo = toSendable(signal);
  const what = `${pid}, ${thread}, ${signo === 0 ? 0 : native().nameOf(signo)}`;
  settle();
  if (given.value === undefined) return check(native().sendToThread(pid, thread, signo), what);
  const bits = toValueBits(given.value);
  check(native().queueToThread(pid, thread, signo, bits), `${what}, ${given.value}`);
}

/** @param {string | number} signal */
function raise(signal) {
  const signo = toSignalNumber(signal, 'signal');
  settle();
  check(native().raise(signo));
}

/**
 * @param {string | number} signal
 * @returns {never}
 */
function exitBySignal(signal) {
  return native().exitBySignal(toSignalNumber(signal, 'signal'));
}

module.exports = { exitBySignal, queue, raise, send, sendToThread, toProcessId, toSendable };
