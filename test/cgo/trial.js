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
 * `deaf`: it lives, but a listener is called no longer. `how` says in words how it ended.
 * @typedef {{ outcome: 'lived' | 'died' | 'hung' | 'deaf', how: string, ms: number }} Outcome
 */

const CLI = path.join(ROOT, 'lib/cli/main.js');
const PROGRAMS = path.join(__dirname, 'programs');
const SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGUSR2', 'SIGHUP', 'SIGINT', 'SIGALRM', 'SIGUSR1']);
const PROBES = 3;
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

/**
 * Whether each of the six listeners is still called, one signal at a time.
 * @param {Program} program @param {number} pid @param {number} until
 */
async function isListening(program, pid, until) {
  for (let probe = 0; probe < PROBES; probe++) {
    program.tell('probe');
    if (!(await program.line('probing', probe, until))) return false;
    for (const name of SIGNALS) process.kill(pid, name);
    if (!(await program.line('called', probe, until))) return false;
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
  const until = begun + deadline;
  /** @param {Outcome['outcome']} outcome @param {string} [how] @returns {Outcome} */
  const verdict = (outcome, how) => ({ outcome, how: how ?? ending(program), ms: Date.now() - begun });
  try {
    const ready = await program.line('ready', 0, until);
    if (!ready)
      throw new TrialError(`the program did not start: ${ending(program)}\n${program.stderr.slice(0, 2000)}`);
    let deaf = false;
    if (kind !== 'hang') {
      await sendStorm(ready.pid, kind, signals ?? (kind === 'tgkill' ? 200_000 : 40_000), until);
      deaf = !(await isListening(program, ready.pid, until));
      if (!deaf) program.tell('finish');
    }
    if (!deaf) await program.wait(() => undefined, until);
    if (program.ending?.code === 0) return verdict('lived');
    if (program.ending !== undefined) return verdict('died');
    if (!deaf) return verdict('hung', `no end within ${deadline / 1000} s`);
    return verdict('deaf', 'a listener is called no longer');
  } finally {
    await program.kill();
  }
}

module.exports = { SIGNALS, TrialError, runTrial };
