// sigbridge/testing: for the tests of programs that use signals. What it delivers is made here and goes to the listeners
// of this environment alone; the kernel, the native side and other environments know nothing of it. JS thread.
'use strict';

// As they were when this was loaded: test runners put fake ones in their place.
const { clearTimeout, setTimeout } = require('node:timers');
const dispatcher = require('./dispatcher');
const { SignalError, argumentType, outOfRange } = require('./errors');
const { toCount, toInt32, toOptions, toTimeout, toValueBits } = require('./validate');
const { mustBeTakeable, toCatchableSignals, toSignalNumber } = require('./validate-signal');

/** @typedef {import('../binding').SignalInfo} SignalInfo */

const UINT32_MAX = 2 ** 32 - 1;
const { bigint: monotonic } = process.hrtime;

/** Those that were made here. @type {WeakSet<object>} */
const synthetic = new WeakSet();

/** @param {unknown} value @returns {string} */
function toCode(value) {
  if (typeof value !== 'string') throw argumentType('fields.code', 'a string', value);
  if (!/^([A-Z]+_[A-Z0-9]+|-?\d+)$/.test(value)) {
    throw outOfRange('fields.code', "a name as 'SI_USER' or 'CLD_EXITED', or a number as text", value);
  }
  return value;
}

/** @param {unknown} value @returns {number} */
function toUid(value) {
  if (typeof value !== 'number') throw argumentType('fields.uid', 'a number', value);
  if (!Number.isInteger(value) || value < 0 || value > UINT32_MAX) {
    throw outOfRange('fields.uid', `a whole number from 0 to ${UINT32_MAX}`, value);
  }
  return value;
}

/** @param {unknown} value @returns {bigint} */
function toTimestamp(value) {
  if (typeof value !== 'bigint') throw argumentType('fields.timestamp', 'a bigint of nanoseconds', value);
  if (value < 0n || value >= 2n ** 63n)
    throw outOfRange('fields.timestamp', 'from 0n to 2n ** 63n - 1n', value);
  return value;
}

/**
 * @param {unknown} value
 * @returns {import('./testing-types').SyntheticFields}
 */
function toFields(value) {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null) throw argumentType('fields', 'an object', value);
  return value;
}

/**
 * @param {unknown} signal
 * @param {import('./testing-types').SyntheticFields} [fields]
 */
function deliver(signal, fields) {
  const number = toSignalNumber(signal, 'signal');
  // Those that onSignal takes with `force`, too.
  mustBeTakeable('signal', number, { force: true, suspendToo: true });
  const given = toFields(fields);
  const {
    code = given.value === undefined ? 'SI_USER' : 'SI_QUEUE',
    pid = process.pid,
    uid = process.getuid?.() ?? 0,
    value = 0,
    status = 0,
    overrun = 0,
    count = 1,
    timestamp = monotonic(),
  } = given;
  const valueBits = toValueBits(value, 'fields.value');
  const checked = {
    name: dispatcher.nameOf(number),
    number,
    code: toCode(code),
    pid: toCount(pid, 'fields.pid'),
    uid: toUid(uid),
    value: Number(BigInt.asIntN(32, valueBits)),
    valueBits,
    status: toInt32(status, 'fields.status'),
    overrun: toCount(overrun, 'fields.overrun'),
    count: toInt32(count, 'fields.count', 1),
  };
  const at = toTimestamp(timestamp);
  return dispatcher.deliver(number, (sequence) => {
    // In the order in which the dispatcher has them.
    const info = { ...checked, sequence, timestamp: at };
    synthetic.add(info);
    return info;
  });
}

/** @param {unknown} info */
function isSynthetic(info) {
  return typeof info === 'object' && info !== null && synthetic.has(info);
}

/**
 * @param {unknown} signals
 * @param {import('./testing-types').ArmedOptions} [options]
 * @returns {Promise<void>}
 */
async function armed(signals, options) {
  const signos = toCatchableSignals(signals, true);
  const timeout = toTimeout(toOptions(options).timeout);
  const missing = () => signos.filter((signo) => !dispatcher.isSubscribed(signo));
  if (missing().length === 0) return;
  await new Promise((/** @type {(nothing: void) => void} */ resolve, reject) => {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const finish = () => {
      clearTimeout(timer);
      dispatcher.observers.delete(look);
    };
    const look = () => {
      if (missing().length > 0) return;
      finish();
      resolve();
    };
    dispatcher.observers.add(look);
    if (timeout === undefined) return;
    timer = setTimeout(() => {
      finish();
      const names = missing().map(dispatcher.nameOf).join(', ');
      reject(new SignalError('ERR_SIGNAL_TIMEOUT', `nobody has subscribed to ${names} within ${timeout} ms`));
    }, timeout);
  });
}

// Without a cast around it: Node and Deno find the names for `import` by reading this line.
module.exports = { armed, deliver, isSynthetic };
