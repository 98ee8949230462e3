// A program that knows nothing of this package: loads a Go addon by require(), listens, shows both. What protects it
// comes from the command line.
'use strict';

const { disposition, guard } = require('../../../lib/index.js');
const { emit } = require('../../fixtures/lib/report');
const { fixture } = require('./lib/native');

const addon = require(fixture('addon.node'));
process.on('SIGUSR2', () => {});
setImmediate(() => {
  emit('shown', {
    flags: disposition('SIGUSR2').flags,
    go: guard.lastReport?.go ?? null,
    work: addon.work(1),
  });
  process.exit(0);
});
