// What every binary of the package must hold to, so that it loads where its name says. Knows no compiler.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { highestVersion, readFacts } = require('./binary-facts');
const { GLIBC_FLOOR, filesOf } = require('./targets');

/** @typedef {import('./targets').Target} Target */
/** @typedef {import('./binary-facts').Facts} Facts */

const ENTRY_POINTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

// What is on every system of that kind; a C++ library is inside the binary.
const LIBRARIES = {
  glibc: /^(?:lib(?:c|dl|m|pthread|rt)\.so\.\d|ld-linux-(?:x86-64|aarch64)\.so\.\d)$/,
  musl: /^libc\.so$|^libc\.musl-\w+\.so\.1$/,
  Darwin: /^\/usr\/lib\/libSystem\.B\.dylib$/,
  FreeBSD: /^lib(?:c|dl|m|thr|rt|sys)\.so\.\d$/,
};

/** @param {Target} target @param {Facts} facts @returns {string[]} */
function commonProblems(target, facts) {
  const allowed = target.system === 'Linux' && target.libc !== 'system' ? target.libc : target.system;
  const libraries = LIBRARIES[/** @type {keyof typeof LIBRARIES} */ (allowed)];
  const foreign = facts.libraries.filter((library) => !libraries.test(library));
  const cxx = facts.imported.filter((name) => /^_Z|^__cxa_(?!finalize|atexit|thread_atexit)/.test(name));
  const glibc = highestVersion(facts.versions, 'GLIBC');
  return [
    facts.system === target.system ? '' : `is for ${facts.system}`,
    facts.machine === target.machine ? '' : `is for ${facts.machine}`,
    facts.isLibrary ? '' : 'is no shared library',
    // Of Mach-O the cross-linker strips what debuggers want, not the local names.
    facts.isStripped || target.system === 'Darwin' ? '' : 'is not stripped',
    foreign.length === 0 ? '' : `needs ${foreign.join(', ')}`,
    cxx.length === 0 ? '' : `leaves C++ symbols to others: ${cxx.slice(0, 3).join(', ')}`,
    target.libc === 'glibc' && glibc === null ? 'wants no version of glibc at all' : '',
    target.libc !== 'glibc' && glibc !== null ? `wants glibc ${glibc}` : '',
    glibc !== null && isAbove(glibc, GLIBC_FLOOR) ? `wants glibc ${glibc}, above ${GLIBC_FLOOR}` : '',
    highestVersion(facts.versions, 'GLIBCXX') === null ? '' : 'wants libstdc++',
    target.name === 'darwin-arm64' && !facts.isSigned ? 'is not signed: macOS kills who loads it' : '',
  ];
}

/** @param {string} version @param {string} floor */
function isAbove(version, floor) {
  return version.localeCompare(floor, 'en', { numeric: true }) > 0;
}

/** @param {Target} target @param {Facts} facts @returns {string[]} */
function addonProblems(target, facts) {
  const missing = ENTRY_POINTS.filter((name) => !facts.exported.includes(name));
  const others = facts.exported.filter((name) => !ENTRY_POINTS.includes(name));
  const loop = facts.imported.filter((name) => name.startsWith('uv_'));
  return [
    missing.length === 0 ? '' : `lacks ${missing.join(', ')}`,
    // dyld shares operator new with everybody in the process, whatever the linker is told.
    others.length === 0 || target.system === 'Darwin' ? '' : `shows ${others.slice(0, 3).join(', ')}`,
    loop.length === 0 ? '' : `wants ${loop.join(', ')}: Bun and Deno have none that work`,
    facts.imported.includes('napi_create_function') ? '' : 'wants no Node-API',
    facts.stays ? '' : 'may be unmapped while its handler stands',
  ];
}

/** @param {Target} target @param {Facts} facts @returns {string[]} */
function preloadProblems(target, facts) {
  const wrapped = ['sigaction', 'signal', 'pthread_create'];
  const missing = target.system === 'Darwin' ? [] : wrapped.filter((name) => !facts.exported.includes(name));
  return [missing.length === 0 ? '' : `lacks ${missing.join(', ')}`];
}

/**
 * @param {string} folder
 * @param {Target} target
 * @returns {{ file: string, size: number, facts: Facts | null, problems: string[] }[]}
 */
function checkTarget(folder, target) {
  const names = filesOf(target);
  const kinds = /** @type {const} */ ([
    [names.addon, addonProblems],
    [names.preload, preloadProblems],
  ]);
  return kinds.map(([file, more]) => {
    const full = path.join(folder, file);
    const size = fs.statSync(full, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0) return { file, size, facts: null, problems: ['is missing'] };
    try {
      const facts = readFacts(full);
      const problems = [...commonProblems(target, facts), ...more(target, facts)];
      return { file, size, facts, problems: problems.filter((problem) => problem !== '') };
    } catch (error) {
      return { file, size, facts: null, problems: [/** @type {Error} */ (error).message] };
    }
  });
}

/** @typedef {ReturnType<typeof checkTarget>[number]} Checked */

/** @param {Checked[]} checked @returns {string} */
function table(checked) {
  const rows = [['FILE', 'KB', 'GLIBC', 'NEEDS']];
  for (const { file, size, facts, problems } of checked) {
    const libraries = facts?.libraries.map((library) => path.basename(library)).join(' ') ?? '';
    const glibc = highestVersion(facts?.versions ?? [], 'GLIBC');
    const needs = problems.length === 0 ? libraries : `BAD: ${problems.join('; ')}`;
    rows.push([file, String(Math.ceil(size / 1000)), glibc ?? '-', needs]);
  }
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => row[column].length));
  return rows
    .map(
      (row) =>
        `${row[0].padEnd(width(0))}  ${row[1].padStart(width(1))}  ${row[2].padEnd(width(2))}  ${row[3]}`,
    )
    .join('\n');
}

module.exports = { checkTarget, table };
