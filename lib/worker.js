// worker_threads.Worker, whose thread begins with signals blocked. JS thread of the constructor.
'use strict';

const worker_threads = require('node:worker_threads');
const { native } = require('./binding');

class Worker extends worker_threads.Worker {
  /** @param {ConstructorParameters<typeof worker_threads.Worker>} args */
  constructor(...args) {
    const mask = native().blockForThread();
    // The thread is made inside of super() and inherits what is blocked there; the caller gets its mask back even when
    // there is no thread.
    try {
      super(...args);
    } finally {
      native().restoreMask(mask);
    }
  }
}

module.exports = { Worker };
