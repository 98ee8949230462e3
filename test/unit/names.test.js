// Names and numbers of signals, both ways, held against what Node and the shell know of them.
'use strict';

const { execFileSync } = require('node:child_process');
const os = require('node:os');
const { describe, expect, test } = require('@jest/globals');
const {
  describeSignal,
  isCatchable,
  reservedSignals,
  signalName,
  signalNumber,
  validSignals,
} = require('../../lib');

const fromNode = Object.entries(os.constants.signals);

/** @returns {[name: string, number: number][]} `kill -l` of bash: "34) SIGRTMIN 35) SIGRTMIN+1 ..." */
function fromShell() {
  try {
    const text = execFileSync('bash', ['-c', 'kill -l'], { encoding: 'utf8' });
    return [...text.matchAll(/(\d+)\) (SIG\S+)/g)].map(([, number, name]) => [name, Number(number)]);
  } catch {
    return [];
  }
}

/** @param {string} name */
const refused = (name) =>
  expect.objectContaining({ code: 'ERR_SIGNAL_INVALID', message: expect.stringContaining(name) });

describe('signalNumber', () => {
  test.each(fromNode)('%s has the number that Node knows', (name, number) => {
    expect(signalNumber(name)).toBe(number);
    expect(signalNumber(number)).toBe(number);
  });

  const known = fromShell();
  (known.length > 0 ? test : test.skip)(
    'every name the shell knows has its number, real-time ones included',
    () => {
      expect(known.length).toBeGreaterThan(30);
      expect(known.map(([name]) => [name, signalNumber(name)])).toEqual(known);
    },
  );

  test('real-time signals count from either end', () => {
    const [min, max] = [signalNumber('SIGRTMIN'), signalNumber('SIGRTMAX')];
    expect(max - min).toBeGreaterThanOrEqual(8); // _POSIX_RTSIG_MAX
    for (let number = min + 1; number < max; number++) {
      expect(signalNumber(`SIGRTMIN+${number - min}`)).toBe(number);
      expect(signalNumber(`SIGRTMAX-${max - number}`)).toBe(number);
    }
    expect(signalNumber(`SIGRTMIN+${max - min}`)).toBe(max);
    expect(() => signalNumber(`SIGRTMIN+${max - min + 1}`)).toThrow(refused('SIGRTMIN+'));
    expect(() => signalNumber(`SIGRTMAX-${max - min + 1}`)).toThrow(refused('SIGRTMAX-'));
  });

  test.each([
    ['SIGRTMIN-1'],
    ['SIGRTMAX+1'],
    ['SIGRTMIN+'],
    ['SIGRTMIN+ 1'],
    ['SIGRTMIN+1x'],
    ['SIGRTMIN+0x1'],
    ['SIGRTMIN+99999999999999999999'],
    ['SIGRTMIN1'],
    ['SIG'],
    ['15'],
    ['constructor'],
    ['__proto__'],
    ['SIGTERM\0'],
    ['SIGTERM '],
  ])('%j is no signal', (name) => {
    expect(() => signalNumber(name)).toThrow(refused(name.slice(0, 40)));
  });

  test.each([
    ['sigterm', 'SIGTERM'],
    ['TERM', 'SIGTERM'],
    ['term', 'SIGTERM'],
    ['rtmin+3', 'SIGRTMIN+3'],
    [' SIGINT ', 'SIGINT'],
    ['iot', 'SIGIOT'],
  ])('%j is refused, and told what to write: %s', (written, meant) => {
    expect(() => signalNumber(written)).toThrow(refused(`did you mean '${meant}'?`));
  });
});

describe('signalName', () => {
  test.each([
    ['SIGIOT', 'SIGABRT'],
    ['SIGCLD', 'SIGCHLD'],
    ['SIGPOLL', process.platform === 'linux' ? 'SIGIO' : 'SIGPOLL'],
  ])('%s is another name of %s', (alias, name) => {
    expect(signalName(alias)).toBe(name);
    expect(signalNumber(alias)).toBe(signalNumber(name));
    expect(validSignals()).toContain(name);
  });

  test('a real-time signal has one name, counted from SIGRTMIN', () => {
    const max = signalNumber('SIGRTMAX');
    expect(signalName('SIGRTMAX')).toBe(`SIGRTMIN+${max - signalNumber('SIGRTMIN')}`);
    expect(signalName('SIGRTMAX-1')).toBe(signalName(max - 1));
    expect(signalName('SIGRTMIN')).toBe('SIGRTMIN');
  });
});

describe('validSignals', () => {
  test('are in the order of their numbers, each once, and each leads back to itself', () => {
    const numbers = validSignals().map(signalNumber);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(numbers.map(signalName)).toEqual(validSignals());
  });

  test('are all that Node knows, by name or by alias, and all real-time signals', () => {
    const names = validSignals();
    for (const [name] of fromNode) expect(names).toContain(signalName(name));
    const [min, max] = [signalNumber('SIGRTMIN'), signalNumber('SIGRTMAX')];
    expect(names.filter((name) => name.startsWith('SIGRT'))).toHaveLength(max - min + 1);
  });

  const { glibcVersionRuntime } = /** @type {any} */ (process.report.getReport()).header;
  (glibcVersionRuntime ? test : test.skip)('leave out what glibc keeps for its threads', () => {
    expect(validSignals()).toHaveLength(62);
    expect(signalNumber('SIGRTMIN')).toBe(34);
  });

  test('are a list of the caller', () => {
    validSignals().length = 0;
    reservedSignals().length = 0;
    expect(validSignals()).toContain('SIGTERM');
    expect(reservedSignals()).toContain('SIGSEGV');
  });
});

test('reservedSignals are the synchronous faults, and no others in Node', () => {
  const faults = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP'];
  expect([...reservedSignals()].sort()).toEqual(faults);
});

describe('isCatchable', () => {
  test('holds for all but SIGKILL and SIGSTOP, by name and by number', () => {
    expect(validSignals().filter((name) => !isCatchable(name))).toEqual(['SIGKILL', 'SIGSTOP']);
    expect(isCatchable(9)).toBe(false);
    expect(isCatchable(os.constants.signals.SIGSTOP)).toBe(false);
    expect(isCatchable(15)).toBe(true);
  });
});

describe('describeSignal', () => {
  test('has words for every signal', () => {
    for (const name of validSignals()) expect(describeSignal(name)).toMatch(/\S/);
    expect(describeSignal('SIGTERM')).toMatch(/^Terminated/);
    expect(new Set(validSignals().map(describeSignal)).size).toBe(validSignals().length);
  });

  test('says the same by name, by alias and by number', () => {
    expect(describeSignal('SIGIOT')).toBe(describeSignal('SIGABRT'));
    expect(describeSignal(15)).toBe(describeSignal('SIGTERM'));
  });
});
