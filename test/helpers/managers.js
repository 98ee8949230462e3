// The package managers of scripts/package-managers.js, fetched where Jest collects its tests. Jest side only.
'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { all, usual } = require('../../scripts/package-managers');
const { ROOT } = require('./runtimes');

/** @typedef {import('../../scripts/package-managers').Manager} Manager */
/** @typedef {{ spec: string, reason: string }} Missing */

/** SIGBRIDGE_PACKAGE=all: every one there is. @returns {(Manager | Missing)[]} */
function managers() {
  return (process.env.SIGBRIDGE_PACKAGE === 'all' ? all : usual).map((spec) => {
    const program = path.join(ROOT, 'scripts/package-managers.js');
    try {
      const answer = execFileSync(process.execPath, [program, '--json', spec], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
      return JSON.parse(answer);
    } catch (error) {
      const { stderr } = /** @type {Error & { stderr?: string }} */ (error);
      return { spec, reason: String(stderr).trim().split('\n')[0] };
    }
  });
}

module.exports = { managers };
