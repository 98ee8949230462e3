// The warnings of inspect(): each where it holds, none where it does not, and their codes in the types and the docs.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { describe, expect, test } = require('@jest/globals');
const { findWarnings } = require('../../lib/inspect/warnings');
const { blocking, found, onStack, self } = require('../helpers/inspection');

const [handler, ignored] = [{ kind: 'handler' }, { kind: 'ignore' }];

const unsafe = { kind: 'handler', flags: ['SA_RESTART'], library: '/usr/bin/node' };
const goes = { go: true, libraries: [{ path: '/opt/libgo.so', go: true }] };

/**
 * @type {[string, Parameters<typeof found>[0], object, [code: string, signal: string | undefined, words: RegExp][]][]}
 */
const CASES = [
  ['nothing', {}, {}, []],
  [
    'Go beside a handler without SA_ONSTACK',
    { ...self('node'), ...goes, rows: { SIGTERM: unsafe, SIGUSR2: onStack, SIGPWR: unsafe } },
    { unhardened: ['SIGTERM', 'SIGUSR2', 'SIGPWR'], suspension: { signal: 'SIGPWR', intact: true } },
    [
      [
        'go-no-onstack',
        'SIGTERM',
        /^handler of SIGTERM in node lacks SA_ONSTACK and a Go runtime is loaded: will crash .*; call harden\(\)$/,
      ],
    ],
  ],
  ['the same without Go', { ...self('node'), rows: { SIGTERM: unsafe } }, { unhardened: ['SIGTERM'] }, []],
  [
    'Go beside an open mask on a small stack',
    { ...self('deno'), ...goes, rows: { SIGTERM: onStack } },
    { unhardened: ['SIGTERM'] },
    [['go-open-mask', 'SIGTERM', /other signals interrupt it.*harden\(\)/]],
  ],
  [
    'Go beside safe handlers',
    { ...self('deno'), ...goes, rows: { SIGTERM: onStack } },
    { unhardened: [] },
    [],
  ],
  [
    'Go in another runtime',
    { ...goes },
    {},
    [['go-unknown', undefined, /libgo\.so.*process 50 .*sigbridge run/]],
  ],
  [
    'Go in one that was launched by us',
    { go: true, libraries: [...goes.libraries, { path: '/x/sigbridge_preload.so', go: false }] },
    {},
    [],
  ],
  [
    'Go in one that was launched by the package',
    {
      go: true,
      libraries: [...goes.libraries, { path: '/x/prebuilds/linux-musl-x64-preload.so', go: false }],
    },
    {},
    [],
  ],
  ['a Go program', { ...goes, runtime: { name: null, version: null, executable: '/opt/x' } }, {}, []],
  [
    'a suspend handler that was taken',
    { ...self('bun'), ...goes, rows: { SIGPWR: { ...onStack, library: '/opt/libgo.so' } } },
    { suspension: { signal: 'SIGPWR', intact: false } },
    [['suspend-taken', 'SIGPWR', /bun suspends.*by libgo\.so.*guard\(\)/]],
  ],
  [
    'SA_ONSTACK on it in an old Bun',
    { ...self('bun', '1.2.19'), ...goes, rows: { SIGPWR: onStack } },
    { suspension: { signal: 'SIGPWR', intact: true } },
    [['suspend-onstack', 'SIGPWR', /before 1\.3.*loadAddon\(\)/]],
  ],
  [
    'SA_ONSTACK on it in a new Bun, which copes',
    { ...self('bun', '1.4.5'), ...goes, rows: { SIGPWR: onStack } },
    { suspension: { signal: 'SIGPWR', intact: true } },
    [],
  ],
  [
    'the suspend signal blocked',
    {
      ...self('bun'),
      threads: blocking({ blocked: ['SIGPWR'] }, { blocked: [] }),
      rows: { SIGPWR: handler },
    },
    { suspension: { signal: 'SIGPWR', intact: true } },
    [['suspend-blocked', 'SIGPWR', /main thread blocks SIGPWR/]],
  ],
  [
    'every thread blocks SIGTERM',
    { threads: blocking({}, {}) },
    {},
    [['blocked', 'SIGTERM', /^every thread blocks SIGTERM: .*SIGKILL ends it$/]],
  ],
  [
    'the same, where a signalfd reads it',
    { threads: blocking({}, {}) },
    { signalfds: () => ['SIGTERM'] },
    [],
  ],
  [
    'the same, where descriptors are not to be seen',
    { threads: blocking({}, {}) },
    { signalfds: () => null },
    [['blocked', 'SIGTERM', /signalfd.*not to be seen/]],
  ],
  [
    'the same, ignored',
    { threads: blocking({}, {}), rows: { SIGTERM: ignored } },
    {},
    [['ignored', 'SIGTERM', /does nothing/]],
  ],
  ['masks that are not told', { threads: blocking({ blocked: null }, {}) }, {}, []],
  ['one thread of several, without /proc', { ...self('node'), threads: blocking({ tid: null }) }, {}, []],
  [
    'pending for the process',
    { ...self('node'), threads: blocking({}, {}), pending: ['SIGTERM', 'SIGUSR2'] },
    {},
    [
      ['blocked', 'SIGTERM', /mask\.unblock\('SIGTERM'\)/],
      ['pending', 'SIGTERM', /no thread can take it.*poll\('SIGTERM'\)/],
    ],
  ],
  [
    'pending for a thread',
    { threads: blocking({ pending: ['SIGTERM', 'SIGUSR1'] }, { blocked: [] }) },
    {},
    [['pending', 'SIGTERM', /thread 50 \(node\) alone/]],
  ],
  ['PID 1', { init: true }, {}, [['init-default', 'SIGTERM', /PID 1.*throws it away.*docker run --init/]]],
  ['PID 1 with a handler', { init: true, rows: { SIGTERM: handler } }, {}, []],
  [
    "PID 1 with Node's own end",
    { ...self('node'), init: true, rows: { SIGTERM: { ...handler, flags: ['SA_RESETHAND'] } } },
    { isStandIn: () => true },
    [['init-default', 'SIGTERM', /onSignal/]],
  ],
  [
    'nohup',
    { rows: { SIGHUP: ignored, SIGINT: ignored } },
    {},
    [['ignored', 'SIGHUP', /SIGHUP is ignored.*nohup/]],
  ],
  [
    'SIGPIPE',
    { rows: { SIGPIPE: { kind: 'default' } } },
    {},
    [['sigpipe-default', 'SIGPIPE', /closed pipe or socket ends/]],
  ],
  [
    'SIGPIPE of a program that wants it so',
    {
      rows: { SIGPIPE: { kind: 'default' } },
      runtime: { name: null, version: null, executable: '/usr/bin/cat' },
    },
    {},
    [],
  ],
  [
    'a queue that is nearly full',
    { queued: { used: 900, limit: 1000 } },
    {},
    [['queue-full', undefined, /900 of 1000.*RLIMIT_SIGPENDING/]],
  ],
  ['one that is not', { queued: { used: 899, limit: 1000 } }, {}, []],
  ['one without a limit, or unknown', { queued: { used: 899, limit: null } }, {}, []],
  ['no queue at all', { queued: { used: 0, limit: 0 } }, {}, [['queue-full', undefined, /0 of 0/]]],
  [
    'a child that blocks',
    { children: [{ pid: 60, name: 'sleep', state: 'sleeping', blocked: ['SIGINT', 'SIGTERM', 'SIGUSR2'] }] },
    {},
    [['child-blocks', 'SIGTERM', /^child 60 \(sleep\) blocks SIGINT, SIGTERM on every thread/]],
  ],
  [
    'children that are gone, or not to be seen into',
    {
      children: [
        { pid: 60, name: 'true', state: 'zombie', blocked: ['SIGTERM'] },
        { pid: 61, name: 'x', state: 'sleeping', blocked: null },
      ],
    },
    {},
    [['zombie', undefined, /^child 60 \(true\) has ended/]],
  ],
  [
    'a process that has ended',
    {
      state: 'zombie',
      threads: blocking({ state: 'zombie', pending: ['SIGTERM'] }),
      pending: ['SIGTERM'],
      init: true,
    },
    {},
    [['zombie', undefined, /process 50 has ended.*parent 3/]],
  ],
  ['one that is stopped', { state: 'stopped' }, {}, [['stopped', undefined, /SIGCONT lets it go on/]]],
  ['one under a debugger', { state: 'tracing stop' }, {}, [['stopped', undefined, /debugger/]]],
  [
    'nothing known',
    {
      ...{
        threads: null,
        pending: null,
        children: null,
        queued: null,
        libraries: null,
        go: null,
        state: null,
        init: null,
      },
      signals: found().signals.map((row) => ({ ...row, kind: null })),
      runtime: { name: null, version: null, executable: null },
    },
    {},
    [],
  ],
];

describe('the warnings', () => {
  test.each(CASES)('%s', (_title, change, extra, expected) => {
    const warnings = findWarnings(found(change), { signalfds: () => [], ...extra });
    expect(warnings.map(({ code, signal }) => [code, signal])).toEqual(
      expected.map(([code, signal]) => [code, signal]),
    );
    for (const [index, [, , words]] of expected.entries()) expect(warnings[index].message).toMatch(words);
  });

  test('each code is in the types, in the docs, and in the cases above', () => {
    const types = fs.readFileSync(path.join(__dirname, '../../binding.d.ts'), 'utf8');
    const union = /InspectionWarningCode =([^;]+);/.exec(types)?.[1] ?? '';
    const declared = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code).sort();
    const docs = fs.readFileSync(path.join(__dirname, '../../docs/inspect.md'), 'utf8');
    const [, chapter] = docs.split('## Warnings');
    const documented = [...chapter.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code).sort();
    const tested = new Set(CASES.flatMap(([, , , expected]) => expected.map(([code]) => code)));
    expect(declared.length).toBeGreaterThan(10);
    expect(documented).toEqual(declared);
    expect([...tested].sort()).toEqual(declared);
  });
});
