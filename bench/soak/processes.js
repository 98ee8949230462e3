// The processes of a soak: a program that is told what to do and answers in lines of JSON, senders of signals, and what
// /proc says of them.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const readline = require('node:readline');
const { signalNumber } = require('../..');
const { compile } = require('../lib/native');

const ANSWER_MS = 120_000;

/** A program of this folder. */
class Program {
  #child;
  /** @type {any[]} */
  #lines = [];
  /** @type {Set<() => void>} */
  #watchers = new Set();
  /** @type {string | undefined} how it ended */
  ending;
  stderr = '';

  /** @param {readonly string[]} command @param {NodeJS.ProcessEnv} env @param {(line: any) => void} onLine */
  constructor([file, ...args], env, onLine) {
    this.#child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.pid = Number(this.#child.pid);
    const wake = () => {
      for (const look of [...this.#watchers]) look();
    };
    readline.createInterface({ input: this.#child.stdout }).on('line', (text) => {
      const line = JSON.parse(text);
      onLine(line);
      this.#lines.push(line);
      if (this.#lines.length > 100) this.#lines.shift();
      wake();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    this.#child.on('close', (code, signal) => {
      this.ending = signal ?? `exit code ${code}`;
      wake();
    });
    process.once('exit', () => this.#child.kill('SIGKILL'));
  }

  /** The first line of that event, which is then forgotten. @param {string} event @returns {Promise<any>} */
  line(event) {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      /** @param {string} why */
      const fail = (why) => {
        done();
        reject(new Error(`the program ${why} before it said '${event}'\n${this.stderr.slice(-8000)}`));
      };
      const timer = setTimeout(() => fail(`took ${ANSWER_MS / 1000} s`), ANSWER_MS);
      const look = () => {
        const found = this.#lines.findIndex((line) => line.event === event);
        if (found >= 0) {
          done();
          resolve(this.#lines.splice(found, 1)[0]);
        } else if (this.ending !== undefined) {
          fail(`ended by ${this.ending}`);
        }
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** @param {string} command @returns {Promise<any>} */
  tell(command) {
    this.#child.stdin.write(`${command}\n`);
    return this.line(command);
  }

  /** @returns {Promise<string>} */
  async end() {
    this.#child.stdin.write('end\n');
    while (this.ending === undefined)
      await new Promise((resolve) => this.#watchers.add(() => resolve(undefined)));
    return this.ending;
  }
}

/**
 * bench/native/steady.c.
 * @param {number} pid
 * @param {number} perSecond
 * @param {number[]} signos
 */
function startSender(pid, perSecond, signos) {
  const child = spawn(compile('steady'), [pid, perSecond, ...signos].map(String), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    /** @returns {Promise<{ refused: number, accepted: Record<string, number> }>} */
    async stop() {
      child.stdin.end();
      if ((await ended) !== 0) throw new Error('a sender failed');
      return JSON.parse(said);
    },
  };
}

/**
 * The program works while signals come. It rests before they stop: some of its work waits for one.
 * @param {Program} program
 * @param {{ perSecond: number, signals: string[] }[]} rains
 * @param {number} seconds
 * @returns {Promise<Record<string, number>>} what the kernel accepted, by name
 */
async function workInRain(program, rains, seconds) {
  /** @param {string} name */
  const number = (name) => signalNumber(/** @type {import('../..').SignalName} */ (name));
  const senders = rains.map(({ perSecond, signals }) =>
    startSender(program.pid, perSecond, signals.map(number)),
  );
  await program.tell('work');
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await program.tell('rest');
  const sent = await Promise.all(senders.map((sender) => sender.stop()));
  return Object.fromEntries(
    rains.flatMap(({ signals }, i) => signals.map((name) => [name, sent[i].accepted[number(name)]])),
  );
}

/** @param {number} pid */
function look(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  /** @param {string} name */
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    rss: field('VmRSS') * 1024,
    threads: field('Threads'),
    descriptors: fs.readdirSync(`/proc/${pid}/fd`).length,
  };
}

module.exports = { Program, look, workInRain };
