// loadAddon() of what cannot be loaded: FOLDER holds the files that the test has made. A line a case, with the state
// before and after; the real addon still loads in the end.
'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { guard, loadAddon } = require('../../../lib/index.js');
const { attempt, emit } = require('../../fixtures/lib/report');
const { fixture, state } = require('./lib/native');

const [folder] = process.argv.slice(2);
/** @param {string} name */
const inFolder = (name) => path.join(folder, name);

/** @type {Record<string, () => unknown>} */
const cases = {
  'no such file': () => loadAddon(inFolder('nothing.node')),
  'no such package': () => loadAddon('a-package-that-nobody-has'),
  'a directory': () => loadAddon(folder),
  'an empty file': () => loadAddon(inFolder('empty.node')),
  text: () => loadAddon(inFolder('text.node')),
  'a library that is no addon': () => loadAddon(fixture('not_an_addon.node')),
  'another architecture': () => loadAddon(inFolder('other-architecture.node')),
  'an addon that throws': () => loadAddon(fixture('throwing_addon.node')),
  'a module that throws': () => loadAddon(inFolder('throwing.js')),
  'a module that throws no error': () => loadAddon(inFolder('throwing-null.js')),
  'not a string': () => loadAddon(/** @type {any} */ (42)),
  'an empty string': () => loadAddon(''),
  'from: not a place': () => loadAddon('x', /** @type {any} */ ({ from: 42 })),
  'from: a relative path': () => loadAddon('./throwing.js', { from: 'somewhere' }),
  'harden: not a boolean': () => loadAddon(fixture('addon.node'), /** @type {any} */ ({ harden: 'yes' })),
};

for (const [name, run] of Object.entries(cases)) {
  const before = state();
  const { error, value } = attempt(run);
  emit('case', { name, error, value, same: JSON.stringify(state()) === JSON.stringify(before) });
}

/** @type {Record<string, () => any>} */
const goods = {
  path: () => loadAddon(fixture('addon.node')),
  'relative to the working directory': () => loadAddon('./relative.js'),
  'relative to a file': () => loadAddon('./relative.js', { from: inFolder('here.js') }),
  'relative to a URL': () => loadAddon('./relative.js', { from: pathToFileURL(inFolder('here.js')) }),
  "relative to a URL's text": () =>
    loadAddon('./relative.js', { from: pathToFileURL(inFolder('here.js')).href }),
  'a package of the program': () => loadAddon('has-addon', { from: inFolder('here.js') }),
};
process.chdir(folder);
for (const [name, run] of Object.entries(goods)) {
  const { error, value } = /** @type {{ error: unknown, value: any }} */ (attempt(run));
  emit('good', {
    name,
    error,
    works: typeof value?.work === 'function' && value.work(1) === 0,
    go: guard.lastReport?.go,
  });
}
emit('end');
process.exit(0);
