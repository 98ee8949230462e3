// clang-format over all C and C++ here, clang-tidy over src/. Where they are not installed they are skipped by name.
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const { plural, run } = require('./report');

/** @typedef {import('./report').Outcome} Outcome */

// Formatted with this one; others break some lines differently.
const FORMAT_VERSION = 14;

/** @param {string} root @param {string[]} folders @param {RegExp} wanted */
function files(root, folders, wanted) {
  return folders
    .filter((folder) => fs.existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      fs
        .readdirSync(path.join(root, folder), { recursive: true })
        .map((name) => path.join(folder, String(name))),
    )
    .filter((name) => wanted.test(name))
    .sort();
}

/** @param {string} root */
const formatted = (root) => files(root, ['src', 'test', 'bench', 'examples'], /\.(?:c|cc|cpp|h)$/);

/** @param {string} name @returns {Outcome} */
const notInstalled = (name) => ({
  state: 'skipped',
  summary: `${name} is not installed (Debian/Ubuntu: apt install ${name})`,
});

/** @param {string} output @returns {string} */
function majorVersion(output) {
  return output.match(/version (\d+)/)?.[1] ?? '?';
}

/** @param {string} root @returns {Promise<Outcome>} */
async function format(root) {
  const version = await run('clang-format', ['--version'], root);
  if (version.missing) return notInstalled('clang-format');
  const sources = formatted(root);
  const { status, output } = await run('clang-format', ['--dry-run', '--Werror', ...sources], root);
  if (status === 0) return { state: 'ok', summary: plural(sources.length, 'file') };
  const places = output.split('\n').filter((text) => text.includes('clang-formatted'));
  /** @type {Map<string, string>} */
  const wrong = new Map();
  for (const text of places) {
    const [file] = text.split(':');
    if (!wrong.has(file)) wrong.set(file, text);
  }
  if (wrong.size === 0) return { state: 'failed', summary: 'clang-format failed', findings: output };
  const major = majorVersion(version.output);
  const other =
    major === String(FORMAT_VERSION) ? '' : ` (clang-format ${major} here, ${FORMAT_VERSION} there)`;
  const summary = `${wrong.size} of ${plural(sources.length, 'file')}; 'npm run format' mends them${other}`;
  return { state: 'failed', summary, findings: [...wrong.values()].join('\n') };
}

/** @param {string} root @returns {Promise<Outcome>} */
async function formatInPlace(root) {
  const sources = formatted(root);
  const { status, output, missing } = await run('clang-format', ['-i', ...sources], root);
  if (missing) return notInstalled('clang-format');
  if (status !== 0) return { state: 'failed', summary: 'clang-format failed', findings: output };
  return { state: 'ok', summary: plural(sources.length, 'file') };
}

/**
 * A finding in a header comes once for each source that includes it, by another path each time.
 * @param {string} output of clang-tidy
 * @param {string} root
 */
function findingsIn(output, root) {
  /** @type {Map<string, string[]>} */
  const findings = new Map();
  let current = '';
  for (const text of output.split('\n')) {
    const place = text.match(/^(\/[^:]+)(:\d+:\d+: )(error|warning|note)(: .*)$/);
    const rest = place?.[4].replace(',-warnings-as-errors', '');
    const shown = place ? path.relative(root, path.normalize(place[1])) + place[2] + place[3] + rest : text;
    if (place && place[3] !== 'note') {
      current = findings.has(shown) ? '' : shown;
      if (current !== '') findings.set(current, []);
    } else if (
      current !== '' &&
      !/^$|^\d+ warnings? (?:generated|treated)|^Suppressed |^Use -header/.test(text)
    ) {
      findings.get(current)?.push(shown);
    }
  }
  return findings;
}

/** @param {string} root @param {string} build */
function compiledSources(root, build) {
  /** @type {{ file: string }[]} */
  const commands = JSON.parse(fs.readFileSync(path.join(build, 'compile_commands.json'), 'utf8'));
  const inside = path.join(root, 'src') + path.sep;
  return [...new Set(commands.map(({ file }) => path.normalize(file)))]
    .filter((file) => file.startsWith(inside))
    .sort();
}

/** @param {string} root @returns {Promise<Outcome>} */
async function tidy(root) {
  const version = await run('clang-tidy', ['--version'], root);
  if (version.missing) return notInstalled('clang-tidy');
  const build = path.join(root, 'build/Release');
  // It needs to know how each file is compiled, for which CMake has to have run.
  if (!fs.existsSync(path.join(build, 'compile_commands.json'))) {
    await promisify(execFile)(process.execPath, [path.join(root, 'scripts/build.js')]);
  }
  const sources = compiledSources(root, build);
  const waiting = [...sources];
  let output = '';
  let allFine = true;
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const answer = await run('clang-tidy', ['-p', build, '--quiet', file], root);
      output += `${answer.output}\n`;
      allFine &&= answer.status === 0;
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  if (allFine && sources.length > 0) return { state: 'ok', summary: plural(sources.length, 'file') };
  const findings = findingsIn(output, root);
  if (findings.size === 0) return { state: 'failed', summary: 'clang-tidy failed', findings: output };
  const text = [...findings].map(([first, rest]) => [first, ...rest].join('\n')).join('\n');
  return {
    state: 'failed',
    summary: `${plural(findings.size, 'finding')} in ${plural(sources.length, 'file')}`,
    findings: text,
  };
}

module.exports = { format, formatInPlace, tidy };
