#!/usr/bin/env node
// Health reports: one on SIGUSR2, with checks of its own, and one for a moment in which JavaScript is stuck, written without
// it. Reports go to standard error.
//
//   node examples/health.js      (or bun, deno)
'use strict';

const { createHealthReporter, raise } = require('..');

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function main() {
  const orders = Array.from({ length: 3 }, (_, id) => ({ id }));
  const reporter = createHealthReporter({
    format: 'text',
    stuckAfter: 300,
    shutdown: { state: 'running' },
    checks: {
      orders: () => `${orders.length} waiting`,
      database: () => Promise.reject(new Error('connect ECONNREFUSED')),
      // Never answers: the report does not wait for it any longer than this.
      cache: { run: () => new Promise(() => {}), timeout: 100 },
    },
  });

  console.log(`kill -USR2 ${process.pid}`);
  raise('SIGUSR2');
  await pause(400);

  console.log('And now JavaScript is busy for 0.6 s:');
  raise('SIGUSR2');
  for (const end = Date.now() + 600; Date.now() < end; );
  await pause(400);

  const { level, checks } = await reporter.report({ write: false });
  const { reports, native } = reporter.counts;
  console.log(`${level}: database ${checks.database.status}, cache ${checks.cache.status}`);
  console.log(`${reports} reports by JavaScript, ${native} by the wait thread`);
  reporter.close();
}

main();
