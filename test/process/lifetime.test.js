// ref, unref, close, Symbol.dispose and AbortSignal: what keeps an event loop alive, on the main thread and in a Worker.
'use strict';

const { describe, expect, test } = require('@jest/globals');
const { start } = require('../helpers/fixture');
const { eachRuntime } = require('../helpers/runtimes');
const { kill } = require('../helpers/senders');

const KEEPS = ['ref: true', 'ref()', 'another is referenced'];
const LETS_GO = [
  'default',
  'ref: false',
  'unref()',
  'ref() twice, unref() once',
  'another was referenced',
  'once(), ref: false, with a timeout',
];
const CLOSED = ['close()', 'Symbol.dispose', 'AbortSignal'];

eachRuntime((runtime) => {
  describe.each(['main', 'worker'])('on the thread: %s', (thread) => {
    test.each(KEEPS)('%s keeps it alive, until it is closed', async (name) => {
      const fixture = start(runtime, 'lifetime.js', { args: [name, thread] });
      expect(await fixture.line('subscribed')).toMatchObject({ closed: false, signals: ['SIGUSR2'] });
      await fixture.line('alive');
      await kill(fixture.pid, 'USR2');
      expect(await fixture.line('told')).toMatchObject({ closed: true });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
    });

    test.each(LETS_GO)('%s lets it end', async (name) => {
      const fixture = start(runtime, 'lifetime.js', { args: [name, thread] });
      expect(await fixture.line('subscribed')).toMatchObject({ closed: false });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
      expect(fixture.allOf('alive')).toEqual([]);
    });

    test.each(CLOSED)('%s closes it', async (name) => {
      const fixture = start(runtime, 'lifetime.js', { args: [name, thread] });
      expect(await fixture.line('subscribed')).toMatchObject({ closed: true });
      expect(await fixture.closed).toMatchObject({ code: 0, signal: null });
      expect(fixture.allOf('alive')).toEqual([]);
    });
  });
});
