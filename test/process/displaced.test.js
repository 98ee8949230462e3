// Native code that replaces our handler is noticed, told, and called from then on; ours stands again.
'use strict';

const os = require('node:os');
const { expect } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { testWith, tool } = require('../helpers/tools');

const probe = tool('probe', 'addon');

eachRuntime((runtime) => {
  testWith([probe], 'an addon that calls sigaction over ours', async () => {
    const fixture = start(runtime, 'displaced.js', { args: [String(probe.path)] });
    await fixture.line('ready');
    expect(await fixture.line('displaced')).toEqual({
      event: 'displaced',
      ours: true,
      info: {
        signal: 'SIGUSR2',
        number: os.constants.signals.SIGUSR2,
        kind: 'handler',
        flags: ['SA_RESTART'],
        library: probe.path,
        symbol: null,
        count: 1,
      },
    });
    for (let i = 0; i < 3; i++) {
      fixture.send('SIGUSR2');
      await fixture.line('told');
    }
    expect(fixture.allOf('foreign')).toHaveLength(3);
    expect(fixture.allOf('told')).toHaveLength(3);
    expect(fixture.allOf('displaced')).toHaveLength(1);
    expect(fixture.allOf('told after close')).toEqual([]);
  });
});
