// Starts a program of test/fixtures under a runtime, reads its lines, sends it signals, and sees to it that nothing
// of it is left after the test. Jest side only.
'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const { afterEach } = require('@jest/globals');
const { refuseReports, sanitizedEnvironment } = require('./sanitizer');

/** @typedef {import('./runtimes').Runtime} Runtime */
/** @typedef {{ code: number | null, signal: string | null, stdout: string, stderr: string }} Ending */
/** @typedef {Record<string, any>} Line a line of JSON, or {text} for one that is not */
/** @typedef {string | ((line: Line) => boolean)} Wanted an event's name, a whole line, or a predicate */
/** @typedef {{ args?: (string | number)[], env?: Record<string, string>, wrapper?: string[],
 *   ipc?: boolean }} StartOptions */

const FIXTURES = path.resolve(__dirname, '../fixtures');
const DEADLINE = 20_000;

/** @type {Set<Fixture>} */
const running = new Set();

/**
 * What Jest and its user have set for their own Node is none of the fixture's business.
 * @param {Record<string, string>} extra
 */
function environment(extra) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_|JEST_|SIGBRIDGE_(RUNTIMES|SANITIZED))/.test(name),
  );
  return { ...Object.fromEntries(kept), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', ...extra };
}

/**
 * @param {string} text
 * @returns {Line}
 */
function parse(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // A line that is not ours: a warning of the runtime's, say.
  }
  return { event: text, text };
}

class Fixture {
  /** @type {Line[]} */
  lines = [];
  stdout = '';
  stderr = '';
  /** @type {Ending | undefined} */
  ending;
  #read = 0;
  /** @type {Set<() => void>} */
  #watchers = new Set();
  #child;
  #title;

  /**
   * @param {Runtime} runtime
   * @param {string} name of a file in test/fixtures, or a path
   * @param {StartOptions} options
   */
  constructor(runtime, name, { args = [], env = {}, wrapper = [], ipc = false }) {
    this.#title = `${runtime.name} ${name} ${args.join(' ')}`.trim();
    const program = [...runtime.args, path.resolve(FIXTURES, name), ...args.map(String)];
    const [file, ...rest] = [...wrapper, runtime.path, ...program];
    // A group of its own, so that the children of a fixture go with it.
    const stdio = /** @type {import('node:child_process').StdioOptions} */ ([
      'pipe',
      'pipe',
      'pipe',
      ...(ipc ? ['ipc'] : []),
    ]);
    this.#child = /** @type {import('node:child_process').ChildProcessWithoutNullStreams} */ (
      spawn(file, rest, {
        ...{ stdio, detached: true },
        env: environment({ ...sanitizedEnvironment(runtime.kind), ...env }),
      })
    );
    this.#child.on('message', (message) =>
      this.#onText(`${JSON.stringify({ event: 'message', message })}\n`),
    );
    this.#child.on('error', (error) => this.#finish(null, null, error.message));
    this.#child.on('close', (code, signal) => this.#finish(code, signal, ''));
    this.#child.stdout.setEncoding('utf8').on('data', (text) => this.#onText(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    // It may be gone before it has read what we sent.
    this.#child.stdin.on('error', () => {});
  }

  get pid() {
    if (this.#child.pid === undefined) throw new Error(this.#report('could not be started'));
    return this.#child.pid;
  }

  /** @param {string} text */
  #onText(text) {
    const unfinished = this.stdout.slice(this.stdout.lastIndexOf('\n') + 1);
    this.stdout += text;
    const whole = (unfinished + text).split('\n').slice(0, -1);
    this.lines.push(...whole.filter((line) => line !== '').map(parse));
    this.#wake();
  }

  /**
   * @param {number | null} code
   * @param {string | null} signal
   * @param {string} failure
   */
  #finish(code, signal, failure) {
    if (failure !== '') this.stderr += failure;
    this.ending ??= { code, signal, stdout: this.stdout, stderr: this.stderr };
    running.delete(this);
    this.#wake();
  }

  #wake() {
    for (const look of [...this.#watchers]) look();
  }

  /** @param {string} what */
  #report(what) {
    const { code, signal } = this.ending ?? {};
    const state = this.ending ? `ended: code ${code}, signal ${signal}` : 'still running';
    return `${this.#title}: ${what} (${state})\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`;
  }

  /**
   * @template T
   * @param {string} what
   * @param {number} deadline
   * @param {() => T | undefined} look
   * @param {boolean} needsProcess
   * @returns {Promise<T>}
   */
  #wait(what, deadline, look, needsProcess) {
    // Made here: the stack of a timer's callback would not say which line of the test waited.
    const error = new Error();
    return new Promise((resolve, reject) => {
      /** @param {string} reason */
      const fail = (reason) => {
        done();
        error.message = this.#report(reason);
        reject(error);
      };
      const timer = setTimeout(() => fail(`${what} did not come within ${deadline} ms`), deadline);
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(step);
      };
      const step = () => {
        const found = look();
        if (found !== undefined) {
          done();
          resolve(found);
        } else if (needsProcess && this.ending !== undefined) {
          fail(`${what} never came`);
        }
      };
      this.#watchers.add(step);
      step();
    });
  }

  /**
   * The next line that matches; those before it are passed over, and never looked at again.
   * @param {Wanted} wanted
   * @param {{ deadline?: number }} [options]
   * @returns {Promise<Line>}
   */
  line(wanted, { deadline = DEADLINE } = {}) {
    const matches =
      typeof wanted === 'function' ? wanted : (/** @type {Line} */ line) => line.event === wanted;
    const what = typeof wanted === 'function' ? `a line with ${wanted}` : `'${wanted}'`;
    return this.#wait(
      what,
      deadline,
      () => {
        while (this.#read < this.lines.length) {
          const line = this.lines[this.#read++];
          if (matches(line)) return line;
        }
        return undefined;
      },
      true,
    );
  }

  /**
   * So many matching lines, in the order in which they came.
   * @param {Wanted} wanted
   * @param {number} count
   * @param {{ deadline?: number }} [options]
   */
  async linesOf(wanted, count, options) {
    const found = [];
    while (found.length < count) found.push(await this.line(wanted, options));
    return found;
  }

  /** @param {string} event */
  allOf(event) {
    return this.lines.filter((line) => line.event === event);
  }

  get closed() {
    return this.closedWithin(DEADLINE);
  }

  /**
   * @param {number} deadline
   * @returns {Promise<Ending>}
   */
  closedWithin(deadline) {
    return this.#wait('its end', deadline, () => this.ending, false);
  }

  /** @param {NodeJS.Signals | number} signal */
  send(signal) {
    process.kill(this.pid, signal);
  }

  /**
   * A command for the fixture: one line on its standard input.
   * @param {string} text
   */
  tell(text) {
    this.#child.stdin.write(`${text}\n`);
  }

  /** Over the channel that `ipc` opens. @param {string} message */
  message(message) {
    this.#child.send(message);
  }

  endInput() {
    this.#child.stdin.end();
  }

  async kill() {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Nobody left in the group.
    }
    if (this.ending === undefined) await this.closed;
  }
}

/**
 * @param {Runtime} runtime
 * @param {string} name of a file in test/fixtures
 * @param {StartOptions} [options]
 */
function start(runtime, name, options = {}) {
  const fixture = new Fixture(runtime, name, options);
  started.add(fixture);
  running.add(fixture);
  return fixture;
}

/** @type {Set<Fixture>} */
const started = new Set();

// Also those that ended by themselves: a child of theirs may be left.
afterEach(async () => {
  const all = [...started];
  started.clear();
  await Promise.all(all.map((fixture) => fixture.kill()));
  refuseReports();
});

process.on('exit', () => {
  for (const fixture of running) process.kill(-fixture.pid, 'SIGKILL');
});

module.exports = { Fixture, start };
