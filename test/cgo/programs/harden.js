// harden() and undo(): SCENARIO. Says what the kernel has on each signal before, during and after.
'use strict';

const { disposition, guard, harden, onSignal } = require('../../../lib/index.js');
const { spawn } = require('node:child_process');
const { attempt, emit } = require('../../fixtures/lib/report');
const { fixture, handlers, kernel, state } = require('./lib/native');

const [scenario] = process.argv.slice(2);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const noop = () => {};

/** Handlers without SA_ONSTACK or with a hole in their mask, and the suspend signal as it is. */
const picture = () =>
  handlers().map(({ signo, flags, mask }) => ({ signo, flags: flags.toString(16), mask: mask.toString(16) }));

/** @type {Record<string, () => unknown>} */
const scenarios = {
  async undo() {
    const { dlopen } = process;
    for (const name of ['SIGHUP', 'SIGUSR2', 'SIGTERM']) process.on(name, noop);
    await turn();
    emit('before', { picture: picture(), state: state() });
    const first = harden();
    emit('hardened', { repaired: first.repaired, picture: picture() });
    const second = harden();
    emit('again', { repaired: second.repaired, picture: picture() });
    first.undo();
    emit('one undone', { picture: picture(), twice: attempt(() => first.undo()) });
    second.undo();
    emit('all undone', {
      state: state(),
      unwrapped: process.dlopen === dlopen,
      twice: attempt(() => second.undo()),
    });
    process.on('SIGALRM', noop);
    await turn();
    emit('later', { flags: disposition('SIGALRM').flags });
    harden().undo();
    harden();
    emit('once more', { picture: picture() });
  },

  async 'later listeners'() {
    harden();
    process.on('SIGUSR2', noop);
    const at = { once: disposition('SIGUSR2').flags };
    await Promise.resolve();
    emit('listener', { ...at, microtask: disposition('SIGUSR2').flags });
    process.once('SIGHUP', noop);
    process.prependListener('SIGALRM', noop);
    const subscription = onSignal('SIGTERM', noop);
    await turn();
    emit('more', { picture: picture() });
    process.off('SIGUSR2', noop);
    process.on('SIGUSR2', noop);
    subscription.close();
    process.on('SIGTERM', noop);
    await turn();
    emit('taken away and back', { picture: picture() });
  },

  async 'undo over a listener of another'() {
    process.on('SIGUSR2', noop);
    await turn();
    const before = state();
    const hardening = harden();
    // Taken away while hardened: undo() has nothing of its own to put back there.
    process.off('SIGUSR2', noop);
    await turn();
    hardening.undo();
    emit('undone', { kind: disposition('SIGUSR2').kind, before });
  },

  'later load'() {
    const hardening = harden();
    const mask = kernel.mask();
    const addon = require(fixture('addon.node'));
    emit('load', { go: guard.lastReport?.go, work: addon.work(1), same: kernel.mask() === mask });
    hardening.undo();
    emit('undone', { picture: picture() });
    process.exit(0);
  },

  async children() {
    const hardening = harden();
    const child = spawn('cat');
    child.stdin.on('error', noop);
    await turn();
    emit('child', { picture: picture(), disposition: disposition('SIGCHLD') });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.stdin.end();
    emit('ended', { code: await ended });
    hardening.undo();
    const second = spawn('true');
    emit('second', { code: await new Promise((resolve) => second.on('exit', resolve)) });
  },

  async 'nothing holds the process'() {
    harden();
    emit('ends');
  },
};

scenarios[scenario]();
