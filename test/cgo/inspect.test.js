// inspect() of a process with a Go runtime that nobody guarded: it warns of what would crash, and no longer once that is
// mended; from outside it tells that Go is there.
'use strict';

const path = require('node:path');
const { expect } = require('@jest/globals');
const { inspect } = require('../../lib/index.js');
const { start } = require('../helpers/fixture');
const { testWith } = require('../helpers/tools');
const { built } = require('./build');
const { HANGING, NEWEST, onRuntimes } = require('./runtimes');

const addon = built('addon');

onRuntimes([...NEWEST, HANGING[0]], (runtime) => {
  testWith([addon], 'a Go library without a guard', async () => {
    const fixture = start(runtime, '../cgo/programs/inspect.js', { args: [String(addon.path)] });
    expect(await fixture.line('before')).toMatchObject({ go: false, carriers: [], codes: [] });

    const loaded = await fixture.line('loaded');
    expect(loaded).toMatchObject({ go: true, carriers: [addon.path] });
    expect(loaded.codes).toContain('go-no-onstack SIGALRM');
    expect(loaded.codes).not.toContain('go-no-onstack SIGUSR2');
    expect(loaded.codes.includes('go-open-mask SIGUSR2')).toBe(runtime.kind === 'deno');
    const { message } = loaded.warnings.find((/** @type {any} */ { signal }) => signal === 'SIGALRM');
    expect(message).toMatch(
      /^handler of SIGALRM in \S+ lacks SA_ONSTACK and a Go runtime is loaded: will crash/,
    );

    // An old Bun's suspend signal is not for harden() to mend: only a guarded load keeps Go from it.
    const isOld = runtime.kind === 'bun' && runtime.version.startsWith('1.2.');
    const left = isOld ? ['suspend-onstack SIGPWR'] : [];
    expect((await fixture.line('hardened')).codes).toEqual(left);

    const outside = inspect(fixture.pid);
    expect(outside).toMatchObject({ self: false, go: true, runtime: { name: runtime.kind } });
    expect(outside.libraries?.filter(({ go }) => go).map((library) => path.basename(library.path))).toEqual([
      'addon.node',
    ]);
    expect(outside.warnings.map(({ code }) => code)).toEqual(['go-unknown']);
    // What is warned of may happen: it hangs there, now and then.
    if (isOld) return;
    fixture.tell('end');
    expect(await fixture.closed).toMatchObject({ code: 0, stderr: '' });
  });
});
