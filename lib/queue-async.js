// queueAsync(): queue() that waits for room in the receiver's queue. The kernel tells nobody when there is some, so it is
// tried again after short waits that grow. JS thread; native queue and timers alone.
'use strict';

const os = require('node:os');
const { native } = require('./binding');
const { SignalError, aborted, systemError } = require('./errors');
const { toProcessId, toSendable } = require('./send');
const { toAbortSignal, toOptions, toTimeout, toValueBits } = require('./validate');

/** @typedef {{ bits: bigint, what: string, resolve: () => void, reject: (error: Error) => void }} Order */

const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 32;
// Orders sent in a row before the event loop gets a turn: a receiver may be as fast as we are.
const IN_A_ROW = 512;

// One for each receiver and signal: what waits there goes out in the order in which it came.
/** @type {Map<string, Line>} */
const lines = new Map();

class Line {
  /** @type {Set<Order>} */
  #orders = new Set();
  #key;
  #pid;
  #signo;
  #wait = SHORTEST_WAIT;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {string} key
   * @param {number} pid
   * @param {number} signo
   */
  constructor(key, pid, signo) {
    this.#key = key;
    this.#pid = pid;
    this.#signo = signo;
  }

  /** @param {Order} order */
  add(order) {
    this.#orders.add(order);
    this.#schedule();
  }

  /** @param {Order} order */
  remove(order) {
    this.#orders.delete(order);
    if (this.#orders.size === 0) this.#end();
  }

  #end() {
    clearTimeout(this.#timer);
    lines.delete(this.#key);
  }

  #schedule() {
    this.#timer ??= setTimeout(() => this.#work(), this.#wait);
  }

  #work() {
    this.#timer = undefined;
    let sent = 0;
    for (const order of this.#orders) {
      if (sent === IN_A_ROW || !attempt(this.#pid, this.#signo, order)) break;
      this.#orders.delete(order);
      sent++;
    }
    this.#wait = sent > 0 ? SHORTEST_WAIT : Math.min(this.#wait * 2, LONGEST_WAIT);
    if (this.#orders.size === 0) this.#end();
    else this.#schedule();
  }
}

/**
 * False where there was no room; otherwise the order is settled.
 * @param {number} pid
 * @param {number} signo
 * @param {Order} order
 */
function attempt(pid, signo, order) {
  const failure = native().queue(pid, signo, order.bits);
  if (failure?.errno === os.constants.errno.EAGAIN) return false;
  if (failure === undefined) order.resolve();
  else order.reject(systemError(failure, order.what));
  return true;
}

/**
 * @param {number} pid
 * @param {string | number} signal
 * @param {number | bigint} value
 * @param {{ signal?: AbortSignal, timeout?: number }} [options]
 * @returns {Promise<void>}
 */
async function queueAsync(pid, signal, value, options) {
  const target = toProcessId(pid, 'pid');
  const signo = toSendable(signal);
  const bits = toValueBits(value);
  const given = toOptions(options);
  const abort = toAbortSignal(given.signal);
  const timeout = toTimeout(given.timeout);
  if (abort?.aborted) throw aborted(abort);

  const what = `${target}, ${signo === 0 ? 0 : native().nameOf(signo)}, ${value}`;
  const key = `${target} ${signo}`;
  await /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      /** @type {NodeJS.Timeout | undefined} */
      let timer;
      const finish = () => {
        clearTimeout(timer);
        abort?.removeEventListener('abort', onAbort);
      };
      /** @type {Order} */
      const order = {
        bits,
        what,
        resolve: () => {
          finish();
          resolve();
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      const onAbort = () => {
        lines.get(key)?.remove(order);
        order.reject(aborted(/** @type {AbortSignal} */ (abort)));
      };
      // Nobody overtakes those who wait already.
      let line = lines.get(key);
      if (line === undefined) {
        if (attempt(target, signo, order)) return;
        line = new Line(key, target, signo);
        lines.set(key, line);
      }
      line.add(order);
      abort?.addEventListener('abort', onAbort, { once: true });
      if (timeout === undefined) return;
      timer = setTimeout(() => {
        lines.get(key)?.remove(order);
        order.reject(
          new SignalError('ERR_SIGNAL_TIMEOUT', `queueAsync(${what}): no room within ${timeout} ms`),
        );
      }, timeout);
    })
  );
}

module.exports = { queueAsync };
