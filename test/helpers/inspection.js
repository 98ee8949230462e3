// A made-up Inspection for tests of what is made of one: a Node process at rest, with what a test changes about it.
'use strict';

/** @type {typeof import('../../binding')} */
const { signalNumber, validSignals } = require('../../lib');

/** @typedef {import('../../binding').Inspection} Inspection */
/** @typedef {Partial<Record<keyof Inspection, any>>} Change */

/** A process at rest. @param {Change & { rows?: Record<string, object> }} [change] @returns {Inspection} */
function found({ rows = {}, ...change } = {}) {
  return {
    pid: 50,
    self: false,
    ppid: 3,
    name: 'node',
    state: 'sleeping',
    init: false,
    runtime: { name: 'node', version: null, executable: '/usr/bin/node' },
    go: false,
    libraries: [{ path: '/usr/bin/node', go: false }],
    signals: validSignals().map((signal) => ({
      signal,
      number: signalNumber(signal),
      kind: signal === 'SIGPIPE' ? /** @type {const} */ ('ignore') : /** @type {const} */ ('default'),
      flags: null,
      library: null,
      symbol: null,
      ours: null,
      beneath: null,
      ...rows[signal],
    })),
    watched: null,
    threads: [
      { tid: 50, name: 'node', state: 'sleeping', blocked: [], pending: [] },
      { tid: 51, name: 'worker', state: 'sleeping', blocked: ['SIGTERM'], pending: [] },
    ],
    pending: [],
    caught: [],
    ignored: ['SIGPIPE'],
    takers: { SIGHUP: [50, 51], SIGINT: [50, 51], SIGQUIT: [50, 51], SIGTERM: [50] },
    queued: { used: 3, limit: 1000 },
    children: [],
    stats: null,
    warnings: [],
    ...change,
  };
}

/** @param {...object} changes of threads that block SIGTERM */
const blocking = (...changes) =>
  changes.map((change, index) => ({
    ...{ tid: 50 + index, name: 'node', state: 'sleeping', blocked: ['SIGTERM'], pending: [] },
    ...change,
  }));

/** A handler that is safe for Go. */
const onStack = { kind: 'handler', flags: ['SA_RESTART', 'SA_ONSTACK'], library: '/usr/bin/node' };
/** @param {string} name @param {string} [version] */
const self = (name, version = '9.0.0') => ({
  self: true,
  runtime: { name, version, executable: '/x' },
  pid: 50,
});

module.exports = { blocking, found, onStack, self };
