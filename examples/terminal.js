#!/usr/bin/env node
// A full-screen program that leaves the terminal as it found it, however it goes: a clock that any key resets. ^C ends it, ^Z
// stops it, fg brings it back; so do the signals from elsewhere. Its parent sees the true signal each time.
//
//   node examples/terminal.js      (or bun, or deno run -A)
'use strict';

const { exitBySignal, onSignal, raise, send } = require('..');

const { stdin, stdout } = process;
if (!stdin.isTTY || !stdout.isTTY) {
  console.error('terminal.js: this example needs a terminal');
  process.exit(1);
}

const ENTER = '\x1b[?1049h\x1b[?25l'; // the alternate screen, no cursor
const LEAVE = '\x1b[?25h\x1b[?1049l';
const CTRL_C = 3;
const CTRL_Z = 26;

let since = Date.now();
let ours = false;

function draw() {
  if (!ours) return;
  const seconds = Math.round((Date.now() - since) / 1000);
  stdout.write(`\x1b[H\x1b[J${seconds} s since the last key. ^C ends, ^Z stops.\r\n`);
}

function takeTerminal() {
  // Off and on: the shell may have changed it behind the runtime's back.
  stdin.setRawMode(false);
  stdin.setRawMode(true);
  stdout.write(ENTER);
  ours = true;
  draw();
}

/** @param {() => void} then when all has been written */
function giveTerminalBack(then) {
  ours = false;
  stdin.setRawMode(false);
  stdout.write(LEAVE, then);
}

// In raw mode these keys are only bytes. The terminal would have sent the signals to the whole job, so do we.
stdin.on('data', (/** @type {Buffer} */ bytes) => {
  if (bytes.includes(CTRL_C)) send(0, 'SIGINT', { group: true });
  if (bytes.includes(CTRL_Z)) send(0, 'SIGTSTP', { group: true });
  since = Date.now();
  draw();
});

onSignal(
  ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'],
  ({ name }) => {
    giveTerminalBack(() => exitBySignal(name));
  },
  { once: true },
);

function listenForStop() {
  onSignal(
    'SIGTSTP',
    () => {
      giveTerminalBack(() => {
        // `once` has closed the subscription: the default action stands again, and the shell sees that very signal.
        raise('SIGTSTP');
        // Here it goes on after SIGCONT, or at once where there is no shell that could send it (the kernel sees to that).
        listenForStop();
        takeTerminal();
      });
    },
    { once: true },
  );
}

// For a stop that nobody is told of: SIGSTOP.
onSignal('SIGCONT', takeTerminal);
listenForStop();
takeTerminal();
setInterval(draw, 1000);
