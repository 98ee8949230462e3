// Two halves of one change, and a signal in the middle: `node examples/critical-section.js`. Ends by itself.
'use strict';

const { criticalSection, onSignal, pending, send } = require('../lib/index.js');

const account = { paid: 0, booked: 0 };

const subscription = onSignal(['SIGUSR2', 'SIGHUP'], ({ name }) => {
  // Never sees one half without the other.
  console.log(`${name}: paid ${account.paid}, booked ${account.booked}`);
});

criticalSection(['SIGUSR2', 'SIGHUP'], () => {
  account.paid += 10;
  send(process.pid, 'SIGUSR2');
  send(process.pid, 'SIGHUP');
  while (pending().length < 2);
  console.log(`inside, and nobody is told: ${pending().join(', ')}`);
  account.booked += 10;
});
console.log('after it');

setTimeout(() => subscription.close(), 50);
