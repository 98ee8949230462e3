// A host that reads SIGUSR1 through a signalfd, and loads Go before or after: MODE ORDER. Standard input: `take` counts what has arrived.
'use strict';

const { commands, emit } = require('../../fixtures/lib/report');
const { fixture } = require('./lib/native');
const { load } = require('./lib/load');

const SIGUSR1 = 10;
const reader = require(fixture('signalfd.node'));
const [mode, order] = process.argv.slice(2);

if (order === 'reader first') reader.open(SIGUSR1);
const addon = mode === 'no go' ? undefined : load(mode, fixture('addon.node'));
addon?.lockThreads(8);
addon?.spin(2);
if (order === 'go first') reader.open(SIGUSR1);

commands({ take: () => emit('taken', { signal: reader.take() }), finish: () => process.exit(0) });
emit('ready');
