// The table of errors, held against binding.d.ts, README and the code; and SignalError's brand, which has to hold where
// classes do not: across copies of the package and across realms.
'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const vm = require('node:vm');
const { describe, expect, jest: modules, test } = require('@jest/globals');
const { ERRORS, SignalError } = require('../../lib/errors');

const ROOT = path.resolve(__dirname, '../..');
const CODE = /\bERR_[A-Z_]+\b/g;

/** @param {string} file */
const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** @param {string} text */
const codesIn = (text) => [...new Set(text.match(CODE))].sort();

/** @param {string} base */
const codesOf = (base) =>
  Object.keys(ERRORS)
    .filter((code) => ERRORS[code].base === base)
    .sort();

const all = Object.keys(ERRORS).sort();

describe('the codes', () => {
  test('of binding.d.ts are those of the table, and its types have them by class', () => {
    const types = read('binding.d.ts');
    expect(codesIn(types)).toEqual(all);
    const union = (/** @type {string} */ name) =>
      types.match(new RegExp(`type ${name} =([^;]+);`))?.[1] ?? '';
    expect(codesIn(union('SignalErrorCode'))).toEqual(codesOf('SignalError'));
    expect(codesIn(union('ArgumentErrorCode'))).toEqual(
      [...codesOf('TypeError'), ...codesOf('RangeError')].sort(),
    );
  });

  test('of README are those of the table, each with its class', () => {
    const readme = read('README.md');
    const rows = readme
      .split('\n')
      .filter((line) => line.startsWith('|') && codesIn(line.split('|')[1]).length > 0);
    const documented = rows.flatMap((row) => {
      const [, codes, base] = row.split('|');
      return codesIn(codes).map((code) => ({ code, base: base.replaceAll('`', '').trim() }));
    });
    expect(documented.map(({ code }) => code).sort()).toEqual(all);
    for (const { code, base } of documented)
      expect({ code, base }).toEqual({ code, base: ERRORS[code].base });
    // Also what its prose says: a code that does not exist would be looked for in vain.
    expect(codesIn(readme)).toEqual(all);
  });

  test('that the code names are those of the table', () => {
    const sources = fs.readdirSync(path.join(ROOT, 'lib')).filter((name) => /\.m?js$/.test(name));
    expect(sources).toContain('errors.js');
    const named = sources.flatMap((name) => codesIn(read(`lib/${name}`)));
    for (const code of named) expect(all).toContain(code);
  });

  test('each say what they mean', () => {
    for (const { base, meaning } of Object.values(ERRORS)) {
      expect(['SignalError', 'TypeError', 'RangeError']).toContain(base);
      expect(meaning).toMatch(/^\S.+\S$/);
    }
    expect(Object.isFrozen(ERRORS)).toBe(true);
  });
});

describe('SignalError', () => {
  const cause = new Error('the cause');
  const error = new SignalError('ERR_SIGNAL_CLOSED', 'it is closed', { cause });

  test('is an Error with a code, a cause, a name and a stack', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'SignalError',
      code: 'ERR_SIGNAL_CLOSED',
      message: 'it is closed',
      cause,
    });
    expect(String(error)).toBe('SignalError: it is closed');
    expect(error.stack).toContain('errors.test.js');
    // The brand is not the user's business.
    expect(Object.keys(error)).toEqual(['code']);
    expect(JSON.stringify(error)).toBe('{"code":"ERR_SIGNAL_CLOSED"}');
  });

  test('is told apart from what only looks like it', () => {
    const likeness = Object.assign(new Error('no'), { name: 'SignalError', code: 'ERR_SIGNAL_CLOSED' });
    for (const other of [likeness, new TypeError('no'), null, undefined, 'SignalError', 1, {}, () => {}]) {
      expect(other instanceof SignalError).toBe(false);
    }
  });

  test('a class that extends it has its own instances', () => {
    class Special extends SignalError {}
    const special = new Special('ERR_UNSUPPORTED', 'special');
    expect(special instanceof Special).toBe(true);
    expect(special instanceof SignalError).toBe(true);
    expect(error instanceof Special).toBe(false);
  });

  test('is known across two copies of the package', () => {
    /** @type {any[]} */
    const copies = [];
    for (let i = 0; i < 2; i++) modules.isolateModules(() => copies.push(require('../../lib').SignalError));
    const [One, Other] = copies;
    expect(One).not.toBe(Other);
    expect(new One('ERR_UNSUPPORTED', 'one') instanceof Other).toBe(true);
    expect(new Other('ERR_UNSUPPORTED', 'other') instanceof One).toBe(true);
    expect(error instanceof One).toBe(true);
  });

  test('is known across realms, thrown by the code itself', () => {
    const file = path.join(ROOT, 'lib/errors.js');
    const wrapped = `(function (exports, require, module) {${fs.readFileSync(file, 'utf8')}\n})`;
    const module = { exports: /** @type {any} */ ({}) };
    vm.runInNewContext(wrapped)(module.exports, createRequire(file), module);
    const { SignalError: Foreign, systemError } = module.exports;
    const thrown = systemError({ errno: 3, syscall: 'kill' });
    // Another realm's Error, or this would prove nothing.
    expect(thrown instanceof Error).toBe(false);
    expect(thrown instanceof SignalError).toBe(true);
    expect(error instanceof Foreign).toBe(true);
    expect(thrown).toMatchObject({ code: 'ERR_SIGNAL_SYSTEM', errno: 3, syscall: 'kill' });
  });
});
