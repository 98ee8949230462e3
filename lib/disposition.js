// What the process does on a signal: as the kernel has it now, and the program's own changes of it. JS thread.
'use strict';

const { check, native } = require('./binding');
const { conflict, errnoName } = require('./errors');
const runtimeListeners = require('./runtime-listeners');
const { toFlag, toOptions } = require('./validate');
const { mustBeTakeable, toSignalNumber } = require('./validate-signal');

/** @param {string | number} signal */
function disposition(signal) {
  const found = native().disposition(toSignalNumber(signal, 'signal'));
  if ('errno' in found) throw check(found);
  return found;
}

/**
 * Ignored, with us or without: what stands, or will stand again after the last close().
 * @param {number} signo
 */
function isIgnored(signo) {
  const { beneath, kind } = disposition(signo);
  return (beneath?.kind ?? kind) === 'ignore';
}

/**
 * @param {unknown} signal
 * @param {{ force?: boolean } | undefined} options
 * @param {boolean} ignore
 */
function change(signal, options, ignore) {
  const signo = toSignalNumber(signal, 'signal');
  mustBeTakeable('signal', signo, { force: toFlag(toOptions(options).force, 'force'), suspendToo: false });
  const name = native().nameOf(signo);
  if (runtimeListeners.state(signo) > 0) {
    throw conflict(`signal: process.on('${name}') listeners are there; remove them first`);
  }
  runtimeListeners.letRuntimeGoFirst(signo);
  const failure = native().changeDisposition(signo, ignore);
  if (failure !== undefined && errnoName(failure.errno) === 'EBUSY') {
    const taken = disposition(signo).ours;
    throw conflict(
      taken
        ? `signal: a subscription to ${name} stands in this process; close it first`
        : `signal: the runtime has a handler for ${name} that serves listeners or child processes`,
    );
  }
  check(failure, name);
}

/**
 * @param {string | number} signal
 * @param {{ force?: boolean }} [options]
 */
function ignore(signal, options) {
  change(signal, options, true);
}

/**
 * @param {string | number} signal
 * @param {{ force?: boolean }} [options]
 */
function restoreDefault(signal, options) {
  change(signal, options, false);
}

module.exports = { disposition, ignore, isIgnored, restoreDefault };
