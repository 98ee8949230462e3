// examples/cgo/service.js: a service with Go in it answers what it has begun, and ends by the signal.
'use strict';

const { expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { NEWEST, onRuntimes } = require('./runtimes');

const addon = built('example');

onRuntimes(NEWEST, (runtime) => {
  testWith([addon], 'the example of a service with Go in it', async () => {
    const fixture = start(runtime, '../../examples/cgo/service.js', { args: [String(addon.path)] });
    const { code, signal, stdout, stderr } = await fixture.closed;
    expect({ code, signal, stderr }).toEqual({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(stdout).toMatch(/^Go runtime: yes\n/);
    expect(stdout).toMatch(/^SIGHUP$/m);
    expect(stdout).toMatch(/^answered: -?\d+\nserver: done$/m);
  });
});
