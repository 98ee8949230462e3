// Properties of what reads text in JavaScript, under random inputs: names of signals, and what /proc says.
'use strict';

const { describe, expect, test } = require('@jest/globals');
const { exitCode, signalFromExitCode, signalName, signalNumber, validSignals } = require('../../lib');
const { parseMaps, parseStatus } = require('../../lib/inspect/proc');
const { forAll } = require('../helpers/random');

const TIMES = 2000;
// What names are made of, and what breaks lines and columns.
const LETTERS = 'SIGRTMINAX+-0123456789 ';
const ANYTHING = `${LETTERS}abc:\t\\()/é\u{1f600}`;

/** Written here spelling by spelling, by none of the parser's rules. */
function everySpelling() {
  const names = validSignals();
  const all = new Map(names.map((name) => [String(name), signalNumber(name)]));
  const realTime = names.filter((name) => name.startsWith('SIGRTMIN'));
  const most = Math.max(...realTime.map((name) => Number(all.get(name))));
  for (let i = 0; i < realTime.length; i++) all.set(i === 0 ? 'SIGRTMAX' : `SIGRTMAX-${i}`, most - i);
  for (const alias of ['SIGIOT', 'SIGCLD', 'SIGPOLL', 'SIGUNUSED']) {
    try {
      all.set(alias, signalNumber(/** @type {any} */ (alias)));
    } catch {
      // Not on this platform.
    }
  }
  return all;
}

describe('names', () => {
  const spellings = everySpelling();
  const some = [...spellings.keys()];

  test('a text is a name as it is spelled, or is refused', () => {
    forAll(TIMES, (random) => {
      const base = random.of([...some, 'SIGRTMIN+', 'SIGRTMAX-', 'SIG', '']);
      const cut = base.slice(0, random.number(0, base.length));
      const text = random.of([base, cut]) + random.text(3, LETTERS);
      const expected = spellings.get(text);
      if (expected === undefined) {
        expect(() => signalNumber(/** @type {any} */ (text))).toThrow(
          expect.objectContaining({ code: 'ERR_SIGNAL_INVALID' }),
        );
      } else {
        expect(signalNumber(/** @type {any} */ (text))).toBe(expected);
        expect(signalNumber(signalName(expected))).toBe(expected);
      }
    });
  });

  test('a number has a name that leads back to it, or is refused', () => {
    const numbers = new Set(spellings.values());
    forAll(TIMES, (random) => {
      const value = random.of([
        random.number(-5, 130),
        random.number(-(2 ** 31), 2 ** 31),
        random.number(0, 64) + 0.5,
      ]);
      if (numbers.has(value)) {
        expect(signalNumber(signalName(value))).toBe(value);
        expect(signalFromExitCode(exitCode(value))).toBe(signalName(value));
      } else {
        expect(() => signalName(value)).toThrow(
          expect.objectContaining({
            code: expect.stringMatching(/^ERR_(SIGNAL_INVALID|SIGNAL_RESERVED|OUT_OF_RANGE)$/),
          }),
        );
      }
    });
  });
});

/** As fs/proc/array.c writes a name. @param {string} name */
const escaped = (name) => name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
/** @param {bigint} set */
const hex = (set) => set.toString(16).padStart(16, '0');

describe('/proc', () => {
  test('a status says what was written into it, whatever the name', () => {
    forAll(TIMES, (random) => {
      const name = random.text(15, `${ANYTHING}\n`).replace(/^\t| +$/g, '');
      const [pid, group, parent] = [1, 2, 3].map(() => random.number(1, 4_194_304));
      const sets = { pending: 0n, shared: 0n, blocked: 0n, ignored: 0n, caught: 0n };
      for (const key of /** @type {(keyof typeof sets)[]} */ (Object.keys(sets))) sets[key] = random.bits();
      const used = random.number(0, 100_000);
      const limit = random.of([null, random.number(0, 2 ** 40)]);
      const groups = random.list(40, () => random.number(0, 2 ** 32 - 1)).join(' ');
      const text = [
        ...[`Name:\t${escaped(name)}`, 'Umask:\t0022', 'State:\tS (sleeping)', `Tgid:\t${group}`, 'Ngid:\t0'],
        ...[`Pid:\t${pid}`, `PPid:\t${parent}`, `Groups:\t${groups} `, `NSpid:\t${pid}\t7`],
        ...[`SigQ:\t${used}/${limit ?? 2n ** 64n - 1n}`, `SigPnd:\t${hex(sets.pending)}`],
        ...[`ShdPnd:\t${hex(sets.shared)}`, `SigBlk:\t${hex(sets.blocked)}`, `SigIgn:\t${hex(sets.ignored)}`],
        ...[`SigCgt:\t${hex(sets.caught)}`, ''],
      ].join('\n');
      const state = 'sleeping';
      expect(parseStatus(text)).toEqual({
        name,
        state,
        pid,
        group,
        parent,
        inner: 7,
        ...sets,
        queued: { used, limit },
      });
    });
  });

  test('any text at all is a status of some kind', () => {
    forAll(TIMES, (random) => {
      const label = () =>
        random.of(['Name', 'State', 'Pid', 'SigBlk', 'SigQ', 'NSpid', '', random.text(5, ANYTHING)]);
      const lines = random.list(
        12,
        () => `${label()}${random.of([':\t', ':', ''])}${random.text(20, ANYTHING)}`,
      );
      const status = parseStatus(lines.join('\n'));
      expect(typeof status.name).toBe('string');
      expect(Number.isInteger(status.pid)).toBe(true);
      expect(status.blocked === null || typeof status.blocked === 'bigint').toBe(true);
    });
  });

  test('maps give each file whose code is mapped once, in order, whatever it is called', () => {
    forAll(TIMES, (random) => {
      /** @type {Map<string, string>} */
      const expected = new Map();
      const lines = random.list(20, () => {
        const at = random.number(1, 2 ** 40).toString(16);
        const range = `${at}000-${at}fff`;
        const path = random.of([
          '',
          '[heap]',
          '[vdso]',
          `/${random.text(8, `${ANYTHING}\n`)}`,
          '/lib/x.so (deleted)',
        ]);
        const mode = random.of(['r-xp', 'rw-p', 'r--s', '--xp']);
        const inode = path.startsWith('/') ? random.number(0, 3) : 0;
        // A line's end is written as \012, and nothing else of a path is.
        const written = path.replaceAll('\n', '\\012');
        if (path.startsWith('/') && mode[2] === 'x' && inode > 0 && !expected.has(path))
          expected.set(path, range);
        return `${range} ${mode} 00000000 08:01 ${inode}${path === '' ? '' : ` ${' '.repeat(10)}${written}`}`;
      });
      expect(parseMaps(lines.join('\n'))).toEqual([...expected].map(([path, range]) => ({ path, range })));
    });
  });
});
