#!/usr/bin/env node
// What signals do in this process: asked, ignored, put to the default, taken with flags; then it ends by SIGTERM, as a
// shell sees it (exit code 143). Each step is docs/dispositions.md's.
//
//   node examples/dispositions.js      (or bun, or deno run -A)
'use strict';

const sigbridge = require('..');

const { disposition, exitBySignal, ignore, onSignal, raise, restoreDefault } = sigbridge;

/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);

/** @param {string} signal */
function show(signal) {
  const { kind, flags, library, ours, beneath } = disposition(signal);
  const whose = kind === 'handler' ? ` of ${ours ? 'sigbridge' : (library ?? 'nobody known')}` : '';
  const under = beneath ? `, beneath it: ${beneath.kind}` : '';
  print(`  ${signal}: ${kind}${whose}${flags.length > 0 ? ` (${flags.join(', ')})` : ''}${under}`);
}

print('As the runtime left them:');
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGPIPE', 'SIGUSR2']) show(signal);

print('SIGUSR2 ignored; two of them are thrown away:');
ignore('SIGUSR2');
raise('SIGUSR2');
raise('SIGUSR2');
show('SIGUSR2');

print('A subscription that respects that, and one that does not:');
const polite = onSignal(['SIGUSR2', 'SIGHUP'], () => {}, { respectIgnored: true });
print(`  taken: ${polite.signals.join(', ')}`);
const subscription = onSignal('SIGUSR2', (info) => told(info.name), { restart: false, ref: true });
show('SIGUSR2');

print('Who is in the way says so:');
for (const attempt of [
  () => ignore('SIGUSR2'),
  () => onSignal('SIGUSR2', () => {}, { restart: true }),
  () => ignore('SIGKILL'),
]) {
  try {
    attempt();
  } catch (error) {
    const { code, message } = /** @type {import('..').SignalError} */ (error);
    print(`  ${code}: ${message}`);
  }
}

print('Delivered, and closed:');
raise('SIGUSR2');

/** @param {string} name */
function told(name) {
  print(`  ${name} came`);
  subscription.close();
  polite.close();
  show('SIGUSR2');
  restoreDefault('SIGUSR2');
  show('SIGUSR2');
  process.stdout.write('And the end, by SIGTERM.\n', () => exitBySignal('SIGTERM'));
}
