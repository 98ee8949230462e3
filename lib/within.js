// A promise that need not be waited for longer than so many milliseconds. JS thread.
'use strict';

/**
 * What `promise` settles with, or `late()` when that takes longer. A rejection that comes too late is nobody's: it does
 * not become an unhandled one.
 * @template T, L
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {() => L} late
 * @returns {Promise<T | L>}
 */
function within(promise, ms, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

module.exports = { within };
