// inspect() with a Go library that nobody guarded: FILE. Says what it warns of, then hardens and says it again.
'use strict';

const { harden, inspect } = require('../../../lib/index.js');
const { commands, emit } = require('../../fixtures/lib/report');

const noop = () => {};
const turn = () => new Promise((resolve) => setImmediate(resolve));
/** @param {string} event */
function tell(event) {
  const { go, libraries, warnings } = inspect();
  const carriers = libraries?.filter((library) => library.go).map((library) => library.path);
  emit(event, { go, carriers, codes: warnings.map(({ code, signal }) => `${code} ${signal}`), warnings });
}

async function main() {
  // Go adds SA_ONSTACK to what stands before it, to nothing that comes later.
  process.on('SIGUSR2', noop);
  await turn();
  tell('before');
  require(process.argv[2]);
  process.on('SIGALRM', noop);
  await turn();
  tell('loaded');
  harden();
  tell('hardened');
  commands({ end: () => process.exit(0) });
}

main();
