// What a change of the signal mask costs from JavaScript: prints microseconds, by call, as JSON. A call that this
// version does not have is left out.
//
//   mask.js CALLS
'use strict';

/** @type {any} */
const sigbridge = require('../..');

const calls = Number(process.argv[2]);
/** @type {Record<string, (() => unknown) | undefined>} */
const measured = { pairUs: undefined, sectionUs: undefined };

if (typeof sigbridge.mask?.push === 'function' && typeof sigbridge.mask?.pop === 'function') {
  const { mask } = sigbridge;
  measured.pairUs = () => {
    mask.push('SIGUSR2');
    mask.pop();
  };
}
if (typeof sigbridge.criticalSection === 'function') {
  const { criticalSection } = sigbridge;
  const nothing = () => {};
  measured.sectionUs = () => criticalSection('SIGUSR2', nothing);
}

/** @param {() => unknown} call @param {number} times */
function run(call, times) {
  const began = process.hrtime.bigint();
  for (let i = 0; i < times; i++) call();
  return Number(process.hrtime.bigint() - began) / times / 1000;
}

/** @type {Record<string, unknown>} */
const report = { backend: sigbridge.stats().backend };
for (const [name, call] of Object.entries(measured)) {
  if (call === undefined) continue;
  run(call, Math.ceil(calls / 2));
  report[name] = run(call, calls);
}
console.log(JSON.stringify(report));
