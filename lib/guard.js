// guard(): any synchronous load of native code under full signal blocking, and a report of what it brought. JS thread.
'use strict';

const { native } = require('./binding');
const { argumentType } = require('./errors');
const { hardenForGo } = require('./harden');
const { mustBeSync, toOptions, toSyncFunction } = require('./validate');

/** @typedef {import('../binding').LoadReport} LoadReport */

// Made when somebody asks: naming the handlers' symbols takes milliseconds.
/** @type {(() => LoadReport) | undefined} */
let describe;
/** @type {LoadReport | undefined} */
let lastReport;

/**
 * @template T
 * @param {() => T} fn
 * @param {{ harden?: boolean }} [options]
 * @returns {T}
 */
function guard(fn, options) {
  const callback = toSyncFunction(fn, 'signals are blocked until it returns');
  const { harden = true } = toOptions(options);
  if (typeof harden !== 'boolean') throw argumentType('options.harden', 'a boolean', harden);
  const open = native().guardBegin();
  let result;
  try {
    // Looked at below, and it may be what native code returned: in Bun 1.1 its NULL is not to be touched.
    result = native().orUndefined(callback());
  } finally {
    const report = native().guardEnd(open);
    describe = report.describe;
    lastReport = undefined;
    if (report.go && harden) hardenForGo();
  }
  return mustBeSync(result, fn);
}

Object.defineProperty(guard, 'lastReport', {
  get() {
    lastReport ??= describe?.();
    return lastReport;
  },
  enumerable: true,
});

module.exports = { guard: /** @type {typeof import('../binding').guard} */ (/** @type {unknown} */ (guard)) };
