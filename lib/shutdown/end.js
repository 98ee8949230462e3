// The end of a shutdown: the program's 'exit' listeners, then the process, by the signal or with a code. Also when
// somebody calls process.exit() in the middle. JS thread.
'use strict';

const { writeSync } = require('node:fs');
const { exitBySignal } = require('../send');

/** Without a code: by the signal. @typedef {{ signo: number, code: number | undefined }} Ending */

/** @param {string} text */
function tell(text) {
  try {
    writeSync(2, `sigbridge: shutdown: ${text}\n`);
  } catch {
    // Nobody reads it, or the pipe is full: no reason to stay.
  }
}

/** @param {unknown} error */
const reasonOf = (error) => (error instanceof Error ? error.message : String(error));

/** What was written and has not gone out: files and pipes of some runtimes are slow. @param {NodeJS.WriteStream} stream */
function flushed(stream) {
  if (!(stream.writableLength > 0) || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => resolve(undefined));
  });
}

/**
 * From now on every way out of the process through the runtime is this one.
 * @param {Ending} ending
 * @param {(code: number) => void} onExit called first
 */
function takeOverExit(ending, onExit) {
  const listener = (/** @type {number} */ code) => {
    process.removeListener('exit', listener);
    onExit(code);
    const { signo, code: chosen } = ending;
    // The others have theirs now: nothing runs after the end by a signal, and what exits here does not come back.
    try {
      process.emit('exit', chosen ?? 128 + signo);
    } catch (error) {
      tell(`an 'exit' listener failed: ${reasonOf(error)}`);
    }
    if (chosen === undefined) exitBySignal(signo);
    process.exit(chosen);
  };
  process.prependListener('exit', listener);
}

/** @param {Ending} ending */
async function endProcess({ signo, code = 128 + signo }) {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

module.exports = { endProcess, reasonOf, takeOverExit, tell };
