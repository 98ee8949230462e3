// A Jest reporter that names what was skipped: Jest itself only counts it.
'use strict';

const path = require('node:path');

class SkippedReporter {
  /** @param {import('jest').Config} config */
  constructor(config) {
    // With `-t` everything else is "skipped", and the user knows.
    this.isFiltered = Boolean(/** @type {any} */ (config).testNamePattern);
    this.rootDir = /** @type {any} */ (config).rootDir ?? process.cwd();
  }

  /**
   * @param {unknown} _contexts
   * @param {{ testResults: { testFilePath: string, testResults: { status: string, fullName: string }[] }[] }} results
   */
  onRunComplete(_contexts, { testResults }) {
    if (this.isFiltered) return;
    for (const { testFilePath, testResults: tests } of testResults) {
      for (const { status, fullName } of tests) {
        if (status !== 'pending' && status !== 'todo') continue;
        console.error(`skipped: ${path.relative(this.rootDir, testFilePath)} › ${fullName}`);
      }
    }
  }
}

module.exports = SkippedReporter;
