// Where health reports go: a descriptor, a file or a function. One write a report, one report after the other. JS thread.
'use strict';

const fs = require('node:fs');
const { within } = require('./within');

/** @typedef {(text: string, report: import('../binding').HealthReport) => unknown} Writer */
/** @typedef {number | string | Writer} Target */

// A pipe whose reader is slow says EAGAIN where it is non-blocking.
const PAUSE = 10;
// Reports that wait for one that is being written: more than that, and the output is not taken for one any more.
const MOST = 8;

/**
 * @param {number} fd
 * @param {Buffer} bytes
 * @returns {Promise<number>}
 */
const writeSome = (fd, bytes) =>
  new Promise((resolve, reject) => {
    // On the thread pool: a blocking pipe that is full must not stop JavaScript.
    fs.write(fd, bytes, 0, bytes.length, null, (error, written) =>
      error ? reject(error) : resolve(written),
    );
  });

/**
 * @param {number} fd
 * @param {Buffer} bytes
 * @param {() => boolean} givenUp
 */
async function writeAll(fd, bytes, givenUp) {
  let left = bytes;
  while (left.length > 0 && !givenUp()) {
    try {
      left = left.subarray(await writeSome(fd, left));
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code !== 'EAGAIN' && code !== 'EWOULDBLOCK') throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/**
 * Opened for each report, so that the file may be moved away in between.
 * @param {string} path
 * @param {Buffer} bytes
 */
async function appendTo(path, bytes) {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = fs.constants;
  // Non-blocking: a FIFO without a reader would be waited for.
  const file = await fs.promises.open(path, O_APPEND | O_CREAT | O_WRONLY | O_NONBLOCK, 0o666);
  try {
    await file.appendFile(bytes);
  } finally {
    await file.close();
  }
}

class Output {
  #target;
  #timeout;
  #waiting = 0;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {Target} target
   * @param {number} timeout in ms
   */
  constructor(target, timeout) {
    this.#target = target;
    this.#timeout = timeout;
  }

  /**
   * Rejects when it cannot be written, or not in time.
   * @param {string} text
   * @param {import('../binding').HealthReport} report
   */
  async write(text, report) {
    if (this.#waiting >= MOST)
      throw new Error(`${this.#waiting} reports before this one are not written yet`);
    this.#waiting++;
    let givenUp = false;
    const turn = this.#last.then(() => (givenUp ? undefined : this.#put(text, report, () => givenUp)));
    this.#last = turn.catch(() => {}).then(() => this.#waiting--);
    await within(turn, this.#timeout, () => {
      givenUp = true;
      throw new Error(`the report was not taken within ${this.#timeout} ms`);
    });
  }

  /**
   * @param {string} text
   * @param {import('../binding').HealthReport} report
   * @param {() => boolean} givenUp
   */
  async #put(text, report, givenUp) {
    const target = this.#target;
    if (typeof target === 'function') await target(text, report);
    else if (typeof target === 'string') await appendTo(target, Buffer.from(text));
    else await writeAll(target, Buffer.from(text), givenUp);
  }
}

module.exports = { Output };
