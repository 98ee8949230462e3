// Signals from outside: COUNT times kill(2), over the six signals that program.js listens to.
//
//   node storm.js PID COUNT
'use strict';

const { SignalError, send } = require('../..');

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGALRM', 'SIGWINCH'];
const [pid, count] = process.argv.slice(2).map(Number);

try {
  for (let i = 0; i < count; i++) send(pid, signals[i % signals.length]);
} catch (error) {
  // It is dead: that is what the demo shows.
  if (!(error instanceof SignalError)) throw error;
}
