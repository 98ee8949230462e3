// The one table of errors, and the functions that make them. JS thread; nothing here touches the native side.
'use strict';

/**
 * Every code this package throws, with its class and what it means. README, binding.d.ts and a test hold to it.
 * @type {Readonly<Record<string, { base: 'SignalError' | 'TypeError' | 'RangeError', meaning: string }>>}
 */
const ERRORS = Object.freeze({
  ERR_SIGNAL_INVALID: { base: 'SignalError', meaning: 'no such signal on this platform' },
  ERR_SIGNAL_UNCATCHABLE: {
    base: 'SignalError',
    meaning: 'SIGKILL and SIGSTOP cannot be caught, blocked or ignored',
  },
  ERR_SIGNAL_RESERVED: {
    base: 'SignalError',
    meaning: 'a synchronous fault, or kept by the runtime or by libc',
  },
  ERR_SIGNAL_CONFLICT: {
    base: 'SignalError',
    meaning: 'another holder in this process wants something else of this signal',
  },
  ERR_SIGNAL_SYSTEM: { base: 'SignalError', meaning: 'a system call failed: see errno and syscall' },
  ERR_SIGNAL_CLOSED: { base: 'SignalError', meaning: 'the subscription or handle is closed' },
  ERR_SIGNAL_ABORTED: { base: 'SignalError', meaning: 'the AbortSignal given was aborted: see cause' },
  ERR_SIGNAL_OVERFLOW: { base: 'SignalError', meaning: 'a stream is full, and was told to end then' },
  ERR_SIGNAL_TIMEOUT: { base: 'SignalError', meaning: 'the time given has passed' },
  ERR_RELOAD_FAILED: { base: 'SignalError', meaning: 'a configuration was not taken: see step and cause' },
  ERR_MASK_OVERFLOW: { base: 'SignalError', meaning: 'the mask stack is 16 deep' },
  ERR_MASK_UNDERFLOW: { base: 'SignalError', meaning: 'the mask stack is empty' },
  ERR_ADDON_LOAD: { base: 'SignalError', meaning: 'a native library could not be loaded' },
  ERR_UNSUPPORTED: { base: 'SignalError', meaning: 'this platform or runtime lacks it' },
  ERR_INVALID_ARG_TYPE: { base: 'TypeError', meaning: 'an argument has the wrong type' },
  ERR_OUT_OF_RANGE: {
    base: 'RangeError',
    meaning: 'an argument has the right type and a value that is not allowed',
  },
});

const BRAND = Symbol.for('sigbridge.SignalError');

class SignalError extends Error {
  /**
   * @param {import('../binding').SignalErrorCode} code
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  get name() {
    return 'SignalError';
  }
}

// True across copies of the package and across realms (Jest runs each test file in its own). A class that extends this
// one inherits the test; its instances are told as any class's are.
Object.defineProperty(SignalError, Symbol.hasInstance, {
  /** @this {Function} @param {unknown} value */
  value(value) {
    if (this !== SignalError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  },
});

/**
 * What was got, short enough for one line.
 * @param {unknown} value
 * @returns {string}
 */
function show(value) {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}...` : value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null)
    return `an instance of ${value.constructor?.name ?? 'Object'}`;
  return String(value);
}

/**
 * @param {string} name of the argument
 * @param {string} expected
 * @param {unknown} value
 */
function argumentType(name, expected, value) {
  const error = new TypeError(`${name} must be ${expected}; got ${show(value)}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/**
 * @param {string} name of the argument
 * @param {string} allowed
 * @param {unknown} value
 */
function outOfRange(name, allowed, value) {
  const error = new RangeError(`${name} must be ${allowed}; got ${show(value)}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}

/** @param {number} errno */
function errnoName(errno) {
  // Loaded where something has failed: with it require() takes a twentieth longer.
  const { constants } = require('node:os');
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}

const NO_PROCESS = 'no such process';
const NO_PROCESS_BUT_THREAD = 'the number is of a thread that is not the first of its process';
const NO_THREAD = 'no such thread in that process';
const ANOTHER_USER = 'the process belongs to another user';
// One queue for all processes of the receiver's user: RLIMIT_SIGPENDING of the receiver says how long it may be.
const QUEUE_FULL = "the receiver's queue is full (RLIMIT_SIGPENDING); try again when it has taken some";

// What the errors that people meet mean for signals; errno names alone do not say it.
/** @type {Record<string, string>} */
const HINTS = {
  'kill ESRCH': NO_PROCESS,
  'sigqueue ESRCH': NO_PROCESS,
  'pidfd_open ESRCH': NO_PROCESS,
  'pidfd_open ENOENT': NO_PROCESS_BUT_THREAD,
  'pidfd_open EINVAL': NO_PROCESS_BUT_THREAD,
  'pidfd_open EPERM': 'a seccomp profile forbids it (containers do)',
  'pidfd_open EMFILE': 'this process has no descriptor left (RLIMIT_NOFILE)',
  'pidfd_open ENFILE': 'the system has no descriptor left',
  'pidfd_send_signal ESRCH': 'the process has ended and was waited for',
  'tgkill ESRCH': NO_THREAD,
  'thr_kill2 ESRCH': NO_THREAD,
  'rt_tgsigqueueinfo ESRCH': NO_THREAD,
  'kill EPERM': ANOTHER_USER,
  'sigqueue EPERM': ANOTHER_USER,
  'pidfd_send_signal EPERM': ANOTHER_USER,
  'tgkill EPERM': ANOTHER_USER,
  'thr_kill2 EPERM': ANOTHER_USER,
  'rt_tgsigqueueinfo EPERM': ANOTHER_USER,
  'sigqueue EAGAIN': QUEUE_FULL,
  'pidfd_send_signal EAGAIN': QUEUE_FULL,
  'tgkill EAGAIN': QUEUE_FULL,
  'rt_tgsigqueueinfo EAGAIN': QUEUE_FULL,
  'sendto ENOENT': 'there is no such socket',
  'sendto ECONNREFUSED': 'nobody listens there',
  'sendto EAGAIN': 'the receiver has not made room for it in time',
  'sendto ENOBUFS': 'the receiver has not made room for it in time',
  'sendto ENAMETOOLONG': "a socket's name has 107 bytes at most (103 on macOS and FreeBSD)",
  'timer_create EAGAIN': 'no room for another timer (RLIMIT_SIGPENDING)',
  'pipe2 EMFILE': 'this process has no descriptor left (RLIMIT_NOFILE)',
  'pipe2 ENFILE': 'the system has no descriptor left',
  'open ESRCH': NO_PROCESS,
  'open EACCES': '/proc hides it: it belongs to another user (hidepid)',
  'open EMFILE': 'this process has no descriptor left (RLIMIT_NOFILE)',
  'pthread_create EAGAIN': 'no thread left to be had (RLIMIT_NPROC, cgroup pids.max)',
};

/**
 * @param {{ errno: number, syscall: string }} failure as the native side returns it
 * @param {string} [what] the arguments, for the reader
 */
function systemError({ errno, syscall }, what) {
  const name = errnoName(errno);
  if (name === 'ENOSYS') return unsupported(syscall);
  const hint = HINTS[`${syscall} ${name}`];
  const error = new SignalError(
    'ERR_SIGNAL_SYSTEM',
    `${syscall}${what ? `(${what})` : ''} failed: ${name}${hint ? `, ${hint}` : ''}`,
  );
  return Object.assign(error, { errno, syscall });
}

/** @param {string} what */
function unsupported(what) {
  return new SignalError(
    'ERR_UNSUPPORTED',
    `${what} is not supported on ${process.platform}-${process.arch}`,
  );
}

/** @param {string} message */
function conflict(message) {
  return new SignalError('ERR_SIGNAL_CONFLICT', message);
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  const { reason } = signal;
  const why = reason instanceof Error ? reason.message : show(reason);
  return new SignalError('ERR_SIGNAL_ABORTED', `options.signal is aborted: ${why}`, { cause: reason });
}

module.exports = {
  ERRORS,
  SignalError,
  aborted,
  argumentType,
  conflict,
  errnoName,
  outOfRange,
  show,
  systemError,
  unsupported,
};
