// What createHealthReporter is given, checked. JS thread.
'use strict';

const { fileURLToPath } = require('node:url');
const { argumentType, outOfRange } = require('./errors');
const { toChoice, toFlag, toFunction, toOptions } = require('./validate');
const { toCatchableSignals } = require('./validate-signal');

/** @typedef {import('./health-output').Target} Target */
/** @typedef {import('./health-checks').Run} Run */

const INT32_MAX = 2 ** 31 - 1;
const FORMATS = /** @type {const} */ (['json', 'text']);
const STREAMS = { stdout: 1, stderr: 2 };
const CHECK_TIMEOUT = 5000;
const STUCK_AFTER = 1000;

/**
 * @param {unknown} value
 * @param {string} name of the argument
 * @param {number} usual
 */
function toMilliseconds(value, name, usual) {
  if (value === undefined) return usual;
  if (typeof value !== 'number') throw argumentType(name, 'a number of milliseconds', value);
  if (!(value > 0) || value > INT32_MAX) {
    throw outOfRange(name, `more than 0 and at most ${INT32_MAX} milliseconds`, value);
  }
  return value;
}

/**
 * @param {unknown} value
 * @returns {Target}
 */
function toTarget(value) {
  const allowed = "'stderr', 'stdout', a descriptor, a path, a file: URL or a function";
  if (value === undefined) return STREAMS.stderr;
  if (value === 'stderr' || value === 'stdout') return STREAMS[value];
  if (typeof value === 'function') return toFunction(value, 'options.output');
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= 0 && value <= INT32_MAX) return value;
    throw outOfRange('options.output', 'a descriptor, 0 or more', value);
  }
  if (value instanceof URL) {
    if (value.protocol === 'file:') return fileURLToPath(value);
    throw outOfRange('options.output', 'a file: URL', value.href);
  }
  if (typeof value !== 'string') throw argumentType('options.output', allowed, value);
  if (value === '' || value.includes('\0')) throw outOfRange('options.output', 'the path of a file', value);
  return value;
}

/**
 * @param {unknown} value
 * @param {number} usual
 * @returns {Map<string, { run: Run, timeout: number }>}
 */
function toChecks(value, usual) {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw argumentType('options.checks', 'an object of functions, by name', value);
  }
  const checks = new Map();
  for (const [name, check] of Object.entries(value)) {
    const argument = `options.checks.${name}`;
    if (typeof check !== 'function' && (typeof check !== 'object' || check === null)) {
      throw argumentType(argument, 'a function, or an object {run, timeout}', check);
    }
    const { run, timeout } = typeof check === 'function' ? { run: check, timeout: undefined } : check;
    checks.set(name, {
      run: toFunction(run, `${argument}.run`),
      timeout: toMilliseconds(timeout, `${argument}.timeout`, usual),
    });
  }
  return checks;
}

/** @param {unknown} value */
function toShutdown(value) {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && 'state' in value) return value;
  throw argumentType('options.shutdown', 'an object with a state, such as createShutdown() gives', value);
}

/** @param {import('../binding').HealthReporterOptions} [options] */
function toSettings(options) {
  const given = toOptions(options);
  const timeout = toMilliseconds(given.timeout, 'options.timeout', CHECK_TIMEOUT);
  // Only names what is wrong: the subscription checks it again.
  const byHand = given.signal === null;
  const signal = given.signal ?? 'SIGUSR2';
  return {
    signals: byHand ? [] : toCatchableSignals(signal, false),
    target: toTarget(given.output),
    format: FORMATS[toChoice(given.format ?? 'json', 'options.format', FORMATS)],
    checks: toChecks(given.checks, timeout),
    timeout,
    stuckAfter:
      given.stuckAfter === false ? 0 : toMilliseconds(given.stuckAfter, 'options.stuckAfter', STUCK_AFTER),
    shutdown: toShutdown(given.shutdown),
    ref: toFlag(given.ref, 'ref'),
  };
}

module.exports = { toMilliseconds, toSettings };
