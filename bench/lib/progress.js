// Says what runs: one line that changes on a terminal, one line a trial elsewhere. Standard error.
'use strict';

class Progress {
  #done = 0;
  #began = Date.now();

  /** @param {number} total */
  constructor(total) {
    this.total = total;
  }

  #left() {
    if (this.#done === 0) return '';
    const seconds = (((Date.now() - this.#began) / this.#done) * (this.total - this.#done)) / 1000;
    const text = seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
    return `, about ${text} left`;
  }

  /** @param {string} text */
  step(text) {
    const left = this.#left();
    const line = `${String(++this.#done).padStart(String(this.total).length)}/${this.total} ${text}`;
    if (!process.stderr.isTTY) console.error(line);
    else process.stderr.write(`\r\x1b[K${`${line}${left}`.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.error(`${this.total} trials in ${Math.round((Date.now() - this.#began) / 1000)} s\n`);
  }
}

module.exports = { Progress };
