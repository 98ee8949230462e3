// What the process does on a signal, as the kernel has it now. JS thread.
'use strict';

const { check, native } = require('./binding');
const { toSignalNumber } = require('./validate');

/** @param {string | number} signal */
function disposition(signal) {
  const found = native().disposition(toSignalNumber(signal, 'signal'));
  if ('errno' in found) throw check(found);
  return found;
}

module.exports = { disposition };
