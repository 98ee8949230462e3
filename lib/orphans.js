// reapOrphans(): as PID 1 a process inherits the orphans of its container, and nobody waits for them. Main thread.
//
// The runtimes wait for the children they have started by number, never for any (libuv and tokio by waitpid(pid), Bun by
// a pidfd), and lose a child's exit code when somebody else is first. So what has ended is left to them for a while: they
// look at the next turn of the main thread's event loop. A zombie that was there at one look and still is at the next,
// an interval and a turn later, is nobody's.
'use strict';

const { clearInterval, setInterval } = require('node:timers');
const { check, native } = require('./binding');
const { SignalError } = require('./errors');
const { toMilliseconds } = require('./health-options');
const { nameOf } = require('./dispatcher');
const { toFlag, toFunction, toOptions } = require('./validate');

const INTERVAL = 1000;

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/** @returns {Map<string, number>} process numbers by what tells one process from a later one with its number */
function findZombies() {
  const flat = native().findZombies();
  if ('errno' in flat) throw check(flat);
  const zombies = new Map();
  for (let i = 0; i + 1 < flat.length; i += 2) zombies.set(`${flat[i]} ${flat[i + 1]}`, flat[i]);
  return zombies;
}

class OrphanReaper {
  /** @type {Map<string, number>} */
  #before = new Map();
  #reaped = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #onReaped;
  #endsSubreaper;

  /**
   * @param {number} interval
   * @param {((end: import('../binding').ReapedOrphan) => unknown) | undefined} onReaped
   * @param {boolean} subreaper
   */
  constructor(interval, onReaped, subreaper) {
    this.#onReaped = onReaped;
    this.#look();
    const was = subreaper ? native().becomeSubreaper(true) : true;
    if (typeof was === 'object') throw check(was);
    this.#endsSubreaper = !was;
    this.#timer = setInterval(() => this.#look(), interval).unref();
  }

  get reaped() {
    return this.#reaped;
  }

  get closed() {
    return this.#timer === undefined;
  }

  close() {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#endsSubreaper) native().becomeSubreaper(false);
  }

  [dispose]() {
    this.close();
  }

  #look() {
    const now = findZombies();
    /** @type {import('../binding').ReapedOrphan[]} */
    const ends = [];
    for (const [process, pid] of now) {
      const end = this.#before.has(process) ? native().reap(pid) : undefined;
      if (end === undefined) continue;
      const [code, signo] = end;
      ends.push({ pid, code: signo === 0 ? code : null, signal: signo === 0 ? null : nameOf(signo) });
    }
    this.#before = now;
    this.#reaped += ends.length;
    // Last: it may throw, or close this.
    for (const end of ends) this.#onReaped?.(end);
  }
}

/** @param {import('../binding').ReapOrphansOptions} [options] */
function reapOrphans(options) {
  const given = toOptions(options);
  const interval = toMilliseconds(given.interval, 'options.interval', INTERVAL);
  const subreaper = toFlag(given.subreaper, 'subreaper');
  const onReaped = given.onReaped === undefined ? undefined : toFunction(given.onReaped, 'options.onReaped');
  if (!native().isMainThread()) {
    throw new SignalError('ERR_UNSUPPORTED', 'reapOrphans() is for the main thread, not for a Worker');
  }
  return new OrphanReaper(interval, onReaped, subreaper);
}

module.exports = { reapOrphans };
