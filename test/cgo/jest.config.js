// The tests that build Go code, one file at a time: two storms at once would measure each other.
'use strict';

module.exports = {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/cgo/*.test.js'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/.cache/'],
  testTimeout: 60_000,
  maxWorkers: 1,
  globalSetup: '<rootDir>/test/helpers/local-build.js',
  setupFilesAfterEnv: ['<rootDir>/test/helpers/retry.js'],
  reporters: ['default', '<rootDir>/scripts/skipped-reporter.js'],
};
