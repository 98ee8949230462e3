// A program that `sigbridge run` starts: HOW [argument]. It knows nothing of this package.
'use strict';

const { spawn } = require('node:child_process');
const { commands, emit, ready } = require('../../fixtures/lib/report');
const { fixture, handlers, kernel } = require('./lib/native');

const [how, ...rest] = process.argv.slice(2);

/** Handlers with their bits. */
const picture = () =>
  handlers().map(({ signo, flags, mask }) => ({ signo, flags: flags.toString(16), mask: mask.toString(16) }));

/** @type {Record<string, () => unknown>} */
const programs = {
  exit: () => process.exit(Number(rest[0])),

  signal: () => process.kill(process.pid, rest[0]),

  arguments: () => emit('arguments', { rest, preload: process.env.LD_PRELOAD }),

  // Counts what comes; the last of `rest` ends it.
  listen() {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const name of rest) {
      process.on(name, () => {
        counts[name] = (counts[name] ?? 0) + 1;
        emit('signal', { name, counts });
        if (name === rest.at(-1)) process.exit(0);
      });
    }
    setInterval(() => {}, 1000);
    emit('ready', { pid: process.pid });
  },

  echo: () => commands({ say: (text) => emit('said', { text }), end: () => process.exit(0) }),

  handlers() {
    const ordinary = require(fixture('ordinary.node'));
    process.on('SIGUSR2', () => {});
    ordinary.sigaction(1);
    ordinary.signal(14);
    const addon = require(fixture('addon.node'));
    process.on('SIGTERM', () => {});
    // Bun and Deno install theirs a little later.
    setImmediate(() => {
      emit('handlers', { picture: picture(), mask: kernel.mask(), work: addon.work(1) });
      emit('threads', { threads: [0, 65_536, 16 * 1024 * 1024].map((stack) => ordinary.thread(stack)) });
      process.exit(0);
    });
  },

  // Children are not ours: a tool must find its handlers as it set them.
  child() {
    const child = spawn(
      'sh',
      ['-c', 'trap "echo trapped" TERM; kill -TERM $$; grep SigCgt /proc/$$/status'],
      { stdio: 'inherit' },
    );
    child.on('exit', (code) => process.exit(code ?? 1));
  },
};

ready();
programs[how]();
