// One trial of the matrices: a program with Go in it under one runtime and one protection, a storm of signals or
// pressure on its garbage collector, and what became of it. No Jest in here: the matrix script uses it too.
'use strict';

const { spawn } = require('node:child_process');
const os = require('node:os');
const path = require('node:path');
const { ROOT, built } = require('./build');

/** @typedef {{ name: string, path: string, args: string[] }} Runtime */
/**
 * storm: six senders of kill(); tgkill: one sender, every thread; children: SIGCHLD in a program that has a child;
 * hang: no signals, but Go calls on pool threads under pressure on the garbage collector.
 * @typedef {'storm' | 'tgkill' | 'children' | 'hang'} Kind
 */
/** @typedef {'none' | 'mask' | 'guard' | 'harden' | 'launcher' | 'library' | 'library-unguarded'} Mode see lib/load.js */
/** @typedef {{ kind: Kind, mode: Mode, runtime: Runtime, signals?: number, rounds?: number, deadline?: number }} Options */
/**
 * `deaf`: it lives and answers, but a listener is called no longer, however often its signal is sent. `how` says in words how
 * it ended. `lost`: the signals after the storm that a listener got only when they were sent again.
 * @typedef {{ outcome: 'lived' | 'died' | 'hung' | 'deaf', how: string, lost: string[], ms: number }} Outcome
 */

const CLI = path.join(ROOT, 'lib/cli/main.js');
const PROGRAMS = path.join(__dirname, 'programs');
const SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGUSR2', 'SIGHUP', 'SIGINT', 'SIGALRM', 'SIGUSR1']);
const PROBES = 3;
// A runtime may lose a single signal, as Bun 1.2 and 1.3.0 do: only one that is lost every time makes a listener deaf.
const SENDS = 5;
// Late on a machine that is busy; a signal that comes after all is one too many, which harms nothing.
const SEND_AGAIN_AFTER = 2000;
const GONE = 3;

// What a dying Go runtime says, the clearest first.
const CAUSES = [
  /split stack overflow/,
  /unknown caller pc/,
  /unexpected return pc/,
  /^(fatal error|panic|fatal): .*/m,
  /^runtime: newstack/m,
  /^SIG\w+: .*/m,
  /^\w*Error: .*/m,
];

/** What goes wrong for reasons that are not the trial's subject. */
class TrialError extends Error {}

class Program {
  stdout = '';
  stderr = '';
  /** @type {{ code: number | null, signal: NodeJS.Signals | null } | undefined} */
  ending;
  /** @type {Set<() => void>} */
  #watchers = new Set();

  /** @param {string[]} command */
  constructor([file, ...args]) {
    /** @type {NodeJS.ProcessEnv} */
    const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
    delete env.NODE_OPTIONS;
    // A group of its own, so that the launcher's child ends with it.
    this.child = spawn(file, args, { env, stdio: 'pipe', detached: true });
    this.child.on('error', (error) => this.#finish(null, null, error.message));
    this.child.on('close', (code, signal) => this.#finish(code, signal, ''));
    this.child.stdin.on('error', () => {});
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
      this.#wake();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      // A Go runtime that dies prints every goroutine.
      if (this.stderr.length < 20_000) this.stderr += text;
    });
  }

  /** @param {number | null} code @param {NodeJS.Signals | null} signal @param {string} failure */
  #finish(code, signal, failure) {
    this.stderr += failure;
    this.ending ??= { code, signal };
    this.#wake();
  }

  #wake() {
    for (const look of [...this.#watchers]) look();
  }

  /**
   * Resolves with what `look` finds, with undefined at the program's end or when time is up.
   * @template T
   * @param {() => T | undefined} look
   * @param {number} until a time of Date.now()
   * @returns {Promise<T | undefined>}
   */
  wait(look, until) {
    return new Promise((resolve) => {
      /** @param {T} [found] */
      const done = (found) => {
        clearTimeout(timer);
        this.#watchers.delete(step);
        resolve(found);
      };
      const step = () => {
        const found = look();
        if (found !== undefined || this.ending !== undefined) done(found);
      };
      const timer = setTimeout(done, Math.max(1, until - Date.now()), undefined);
      this.#watchers.add(step);
      step();
    });
  }

  /** @param {string} event @param {number} nth @param {number} until @returns {Promise<any>} */
  line(event, nth, until) {
    const look = () => {
      const lines = this.stdout.split('\n').slice(0, -1);
      const found = lines.filter((line) => line.startsWith(`{"event":"${event}"`))[nth];
      return found === undefined ? undefined : JSON.parse(found);
    };
    return this.wait(look, until);
  }

  /** @param {string} text */
  tell(text) {
    this.child.stdin.write(`${text}\n`);
  }

  async kill() {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Nobody left in the group.
    }
    await this.wait(() => undefined, Date.now() + 10_000);
  }
}

/** @param {number} pid @param {Exclude<Kind, 'hang'>} kind @param {number} count @param {number} until */
async function sendStorm(pid, kind, count, until) {
  const numbers = SIGNALS.map((name) => os.constants.signals[name]);
  const child = os.constants.signals.SIGCHLD;
  const args = {
    storm: ['kill', pid, count, ...numbers],
    tgkill: ['tgkill', pid, count, numbers[1]],
    children: ['kill', pid, count, ...numbers.map(() => child)],
  }[kind];
  const sender = new Program([built('storm').path ?? '', ...args.map(String)]);
  await sender.wait(() => undefined, until);
  const { code } = sender.ending ?? {};
  await sender.kill();
  if (code !== undefined && code !== 0 && code !== GONE)
    throw new TrialError(`the storm failed: ${sender.stderr}`);
}

/** @param {number} pid @param {NodeJS.Signals[]} names */
function send(pid, names) {
  try {
    for (const name of names) process.kill(pid, name);
  } catch {
    // It is gone: its end is about to be seen.
  }
}

/**
 * Whether each of the six listeners is still called, one signal at a time. Judged by what the program answers: undefined
 * when it answers no longer.
 * @param {Program} program
 * @param {number} pid
 * @param {{ until: number, lost: string[], sendAgainAfter?: number }} options `lost` is filled
 * @returns {Promise<boolean | undefined>}
 */
async function isListening(program, pid, { until, lost, sendAgainAfter = SEND_AGAIN_AFTER }) {
  let questions = 0;
  for (let probe = 0; probe < PROBES; probe++) {
    program.tell('probe');
    if (!(await program.line('probing', probe, until))) return undefined;
    /** @type {NodeJS.Signals[]} */
    let missing = [...SIGNALS];
    for (let sends = 0; missing.length > 0; sends++) {
      if (sends === SENDS) return false;
      if (sends > 0) lost.push(...missing);
      send(pid, missing);
      if (await program.line('called', probe, Date.now() + sendAgainAfter)) break;
      program.tell('missing');
      const answer = await program.line('missing', questions++, until);
      if (!answer) return undefined;
      missing = answer.names;
    }
  }
  return true;
}

/** @param {Program} program */
function ending({ ending, stderr }) {
  if (ending === undefined) return '';
  const how = ending.signal ?? `exit code ${ending.code}`;
  const words = CAUSES.map((cause) => cause.exec(stderr)?.[0]).find((found) => found !== undefined);
  return words === undefined ? how : `${how} (${words.trim()})`;
}

/** @param {Options} options @returns {Promise<Outcome>} */
async function runTrial({ kind, mode, runtime, signals, rounds = 200, deadline = 60_000 }) {
  const addon = built('addon');
  if (addon.path === undefined) throw new TrialError(addon.missing);
  if (mode.startsWith('library')) for (const part of ['library', 'loader']) built(part);
  const program = new Program([
    ...(mode === 'launcher' ? [process.execPath, CLI, 'run', '--'] : []),
    ...[runtime.path, ...runtime.args],
    ...[path.join(PROGRAMS, kind === 'hang' ? 'hang.js' : 'storm.js'), mode, addon.path],
    { storm: '', tgkill: '', children: 'with-a-child', hang: String(rounds) }[kind],
  ]);
  const begun = Date.now();
  let until = begun + deadline;
  /** @type {string[]} */
  const lost = [];
  /** @param {Outcome['outcome']} outcome @param {string} [how] @returns {Outcome} */
  const verdict = (outcome, how) => ({ outcome, how: how ?? ending(program), lost, ms: Date.now() - begun });
  try {
    const ready = await program.line('ready', 0, until);
    if (!ready)
      throw new TrialError(`the program did not start: ${ending(program)}\n${program.stderr.slice(0, 2000)}`);
    /** @type {boolean | undefined} */
    let listening = true;
    if (kind !== 'hang') {
      await sendStorm(ready.pid, kind, signals ?? (kind === 'tgkill' ? 200_000 : 40_000), until);
      // What a slow start or a slow storm took is not taken from the listeners' time.
      until = Date.now() + deadline;
      listening = await isListening(program, ready.pid, { until, lost });
      if (listening) program.tell('finish');
    }
    if (listening) await program.wait(() => undefined, until);
    if (program.ending?.code === 0) return verdict('lived');
    if (program.ending !== undefined) return verdict('died');
    if (listening === false)
      return verdict('deaf', `a listener is called no longer: sent ${SENDS} times in vain`);
    return verdict('hung', `no ${listening ? 'end' : 'answer'} within ${deadline / 1000} s`);
  } finally {
    await program.kill();
  }
}

module.exports = { Program, SIGNALS, TrialError, isListening, runTrial };
