// The process's timers: alarm, setitimer and getitimer, and POSIX timers. JS thread.
'use strict';

const { check, native } = require('./binding');
const { SignalError, argumentType, outOfRange } = require('./errors');
const { toChoice, toMicroseconds, toOptions, toSeconds, toValueBits } = require('./validate');
const { toSignalName, toSignalNumber } = require('./validate-signal');

/** @typedef {import('../binding').TimerTimes} TimerTimes */

// In the order of IntervalTimer and TimerClock in src/posix/timers.h.
const INTERVAL_TIMERS = /** @type {const} */ (['real', 'virtual', 'prof']);
const CLOCKS = /** @type {const} */ (['monotonic', 'realtime', 'boottime', 'cpu']);

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/** @param {unknown} times */
function toTimes(times) {
  if (typeof times !== 'object' || times === null) {
    throw argumentType('times', 'an object {value, interval}, in milliseconds', times);
  }
  const { value, interval = 0 } = /** @type {{ value?: unknown, interval?: unknown }} */ (times);
  return {
    value: toMicroseconds(value, 'times.value'),
    interval: toMicroseconds(interval, 'times.interval'),
  };
}

/**
 * @param {import('./native').Failure | [number, number]} outcome
 * @returns {{ value: number, interval: number }}
 */
function fromTimes(outcome) {
  if ('errno' in outcome) throw check(outcome);
  const [value, interval] = outcome;
  return { value: value / 1000, interval: interval / 1000 };
}

/** @param {number} seconds */
function alarm(seconds) {
  return native().alarm(toSeconds(seconds, 'seconds'));
}

/**
 * @param {'real' | 'virtual' | 'prof'} which
 * @param {TimerTimes} times
 */
function setitimer(which, times) {
  const index = toChoice(which, 'which', INTERVAL_TIMERS);
  const { value, interval } = toTimes(times);
  return fromTimes(native().setitimer(index, value, interval));
}

/** @param {'real' | 'virtual' | 'prof'} which */
function getitimer(which) {
  return fromTimes(native().getitimer(toChoice(which, 'which', INTERVAL_TIMERS)));
}

class PosixTimer {
  /** @type {import('./native').NativeTimer | undefined} */
  #timer;

  /** @param {import('./native').NativeTimer} timer */
  constructor(timer) {
    this.#timer = timer;
  }

  get closed() {
    return this.#timer === undefined;
  }

  /** @param {TimerTimes} times */
  start(times) {
    const timer = this.#open('start');
    const { value, interval } = toTimes(times);
    // timer_settime takes it to stop the timer, whatever the interval: not what a start is meant to do.
    if (value === 0) throw outOfRange('times.value', 'more than 0 milliseconds: stop() stops the timer', 0);
    check(native().timerSet(timer, value, interval));
    return this;
  }

  stop() {
    check(native().timerSet(this.#open('stop'), 0, 0));
    return this;
  }

  close() {
    if (this.#timer === undefined) return;
    native().timerDelete(this.#timer);
    this.#timer = undefined;
  }

  [dispose]() {
    this.close();
  }

  /** @param {string} method */
  #open(method) {
    if (this.#timer === undefined) {
      throw new SignalError('ERR_SIGNAL_CLOSED', `${method}(): this timer is closed`);
    }
    return this.#timer;
  }
}

/**
 * @param {{ signal?: string | number, value?: number | bigint, clock?: string }} [options]
 */
function createTimer(options) {
  const { signal = 'SIGALRM', value = 0, clock = 'monotonic' } = toOptions(options);
  const signo = toSignalNumber(signal, 'options.signal');
  const bits = toValueBits(value, 'options.value');
  const made = native().timerCreate(signo, bits, toChoice(clock, 'options.clock', CLOCKS));
  if ('errno' in made) throw check(made, `${clock}, ${toSignalName(signo, 'options.signal')}`);
  return new PosixTimer(made);
}

module.exports = { alarm, createTimer, getitimer, setitimer };
