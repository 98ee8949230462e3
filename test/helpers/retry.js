// Tests over real processes on a busy machine: one that fails is tried once more, and what it failed with is printed
// whether the second try succeeds or not. What fails twice has failed.
'use strict';

const { jest: control } = require('@jest/globals');

control.retryTimes(1, { logErrorsBeforeRetry: true });
