// What a call refused: the error's code, class and words. Jest side.
'use strict';

const { expect } = require('@jest/globals');
const { SignalError } = require('../../lib');

/**
 * @param {() => unknown} call
 * @returns {any}
 */
function thrownBy(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/**
 * @param {any} error
 * @param {string} code
 * @param {(string | RegExp)[]} words
 */
function expectRefusal(error, code, words) {
  const classes = { ERR_INVALID_ARG_TYPE: TypeError, ERR_OUT_OF_RANGE: RangeError };
  const expected = classes[/** @type {keyof typeof classes} */ (code)] ?? SignalError;
  expect(error).toBeInstanceOf(expected);
  expect(error.code).toBe(code);
  expect(error.message).not.toMatch(/\n/);
  for (const word of words) expect(error.message).toMatch(word);
}

module.exports = { expectRefusal, thrownBy };
