// Biome (rules and format) and tsc (the types in JSDoc, and binding.d.ts). Both come with `npm install`.
'use strict';

const path = require('node:path');
const { plural, run } = require('./report');

/** @typedef {import('./report').Outcome} Outcome */

/** @param {string} root @param {string} name */
const program = (root, name) => path.join(root, 'node_modules/.bin', name);

/** @param {string} output of Biome */
function checked(output) {
  const files = output.match(/(?:Checked|Formatted) (\d+) file/)?.[1];
  return plural(Number(files ?? 0), 'file');
}

/** @param {string} root @param {string[]} args */
const runBiome = (root, args) => run(program(root, 'biome'), [...args, '--max-diagnostics=none'], root);

/**
 * Rules and format apart: of a file that is not formatted only the name is of interest.
 * @param {string} root @returns {Promise<Outcome>}
 */
async function biome(root) {
  const rules = await runBiome(root, ['lint', '--error-on-warnings']);
  const layout = await runBiome(root, ['format']);
  const files = checked(layout.output);
  // Nothing checked is a wrong setting, not a clean house.
  if (rules.status === 0 && layout.status === 0 && files !== '0 files')
    return { state: 'ok', summary: files };
  const unformatted = [...layout.output.matchAll(/^(\S+) format ━/gm)].map(
    ([, name]) => `${name}: not formatted`,
  );
  const isKnown = unformatted.length > 0 || layout.status === 0;
  const findings = [
    rules.status === 0 ? '' : rules.output.trimEnd(),
    isKnown ? unformatted.join('\n') : layout.output,
  ];
  const hint =
    unformatted.length > 0 ? `, ${unformatted.length} not formatted: 'npm run format' mends them` : '';
  return { state: 'failed', summary: `${files}${hint}`, findings: findings.filter(Boolean).join('\n') };
}

/** @param {string} root @returns {Promise<Outcome>} */
async function biomeFormat(root) {
  const { status, output } = await runBiome(root, ['format', '--write']);
  if (status === 0) return { state: 'ok', summary: checked(output) };
  return { state: 'failed', summary: 'biome failed', findings: output };
}

/** @param {string} root @returns {Promise<Outcome>} */
async function tsc(root) {
  const { status, output } = await run(
    program(root, 'tsc'),
    ['--project', root, '--pretty', 'false', '--listFiles'],
    root,
  );
  const lines = output.split('\n');
  const isListed = (/** @type {string} */ text) => path.isAbsolute(text) && !text.includes('error TS');
  const files = lines.filter((text) => isListed(text) && !text.includes('/node_modules/')).length;
  const errors = lines.filter((text) => /error TS\d+/.test(text)).length;
  if (status === 0) return { state: 'ok', summary: plural(files, 'file') };
  const findings = lines.filter((text) => !isListed(text)).join('\n');
  return { state: 'failed', summary: plural(errors, 'error'), findings };
}

module.exports = { biome, biomeFormat, tsc };
