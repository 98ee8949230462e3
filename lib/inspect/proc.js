// What Linux's /proc says about a process and its threads: read, and parsed. What a kernel does not tell, or not to us,
// is null. JS thread; synchronous, so that what belongs together is read together.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const { native } = require('../binding');
const { systemError, unsupported } = require('../errors');

/**
 * Sets of signals are bigints here, bit n - 1 for signal n, as the kernel prints them.
 * @typedef {{
 *   name: string, state: string | null, pid: number, group: number, parent: number | null, inner: number | null,
 *   pending: bigint | null, shared: bigint | null, blocked: bigint | null, ignored: bigint | null, caught: bigint | null,
 *   queued: { used: number, limit: number | null } | null,
 * }} Status
 */

/** @param {string | undefined} text */
const toSet = (text) => (text !== undefined && /^[0-9a-f]+$/i.test(text) ? BigInt(`0x${text}`) : null);
/** @param {string | undefined} text */
const toNumber = (text) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : null);
// No limit is printed as the largest number there is.
const UNLIMITED = 2n ** 63n - 1n;

/** @param {string | undefined} text `used/limit` */
function toQueue(text) {
  const found = /^(\d+)\/(\d+)$/.exec(text ?? '');
  if (found === null) return null;
  return { used: Number(found[1]), limit: BigInt(found[2]) >= UNLIMITED ? null : Number(found[2]) };
}

/**
 * @param {string} text of /proc/PID/status or /proc/PID/task/TID/status
 * @returns {Status}
 */
function parseStatus(text) {
  /** @type {Map<string, string>} */
  const fields = new Map();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    // The first one counts: the kernel escapes newlines in names, an emulation might not.
    if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 1).replace(/^\t| +$/g, ''));
  }
  const pid = toNumber(fields.get('Pid')) ?? 0;
  return {
    name: (fields.get('Name') ?? '').replace(/\\(n|\\)/g, (_, what) => (what === 'n' ? '\n' : '\\')),
    state: /\((.+)\)/.exec(fields.get('State') ?? '')?.[1] ?? null,
    pid,
    group: toNumber(fields.get('Tgid')) ?? pid,
    parent: toNumber(fields.get('PPid')),
    // In its own PID namespace.
    inner: toNumber(fields.get('NSpid')?.split('\t').pop()),
    pending: toSet(fields.get('SigPnd')),
    shared: toSet(fields.get('ShdPnd')),
    blocked: toSet(fields.get('SigBlk')),
    ignored: toSet(fields.get('SigIgn')),
    caught: toSet(fields.get('SigCgt')),
    queued: toQueue(fields.get('SigQ')),
  };
}

/**
 * The files whose code is mapped, each once, in the order of their addresses.
 * @param {string} text of /proc/PID/maps
 * @returns {{ path: string, range: string }[]} `range`: its name in /proc/PID/map_files
 */
function parseMaps(text) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const line of text.split('\n')) {
    const [, range, executable, inode, path] =
      /^(\S+) ..(.). \S+ \S+ (\d+) +(\/.*)$/.exec(line) ?? /** @type {string[]} */ ([]);
    if (executable !== 'x' || inode === '0') continue;
    const name = path.replaceAll('\\012', '\n');
    if (!found.has(name)) found.set(name, range);
  }
  return [...found].map(([path, range]) => ({ path, range }));
}

/** @param {unknown} error @returns {string | undefined} */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error)?.code;
/** It has ended: in between, or long ago. @param {unknown} error */
const isGone = (error) => codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH';
/** @param {unknown} error */
const isForbidden = (error) => codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';

/**
 * Nothing, where it has ended or is not ours to see.
 * @template T
 * @param {() => T} read
 * @returns {T | null}
 */
function ifAllowed(read) {
  try {
    return read();
  } catch (error) {
    if (isGone(error) || isForbidden(error)) return null;
    throw toSystemError(error);
  }
}

/**
 * What fs threw, as this package says it.
 * @param {unknown} error
 * @param {string} [path]
 */
function toSystemError(error, path) {
  const code = codeOf(error);
  const errno = /** @type {Record<string, number>} */ (os.constants.errno)[code ?? ''];
  // A runtime's own refusal (Deno without --allow-read): it says best what to do.
  if (errno === undefined) return error;
  const { syscall = 'open', path: file = path } = /** @type {NodeJS.ErrnoException} */ (error);
  return systemError({ errno, syscall }, file);
}

/** Whether this system tells about processes in files. */
const hasProc = () =>
  (process.platform === 'linux' || process.platform === 'android') && fs.existsSync('/proc/self/status');

class ProcFolder {
  #path;
  #pid;

  /** @param {number | 'self'} pid @param {string} [root] */
  constructor(pid, root = '/proc') {
    this.#pid = pid;
    this.#path = `${root}/${pid}`;
  }

  /** @param {string} name */
  #text(name) {
    return fs.readFileSync(`${this.#path}/${name}`, 'utf8');
  }

  /** @returns {Status} of the first thread, and of the process */
  status() {
    try {
      return parseStatus(this.#text('status'));
    } catch (error) {
      if (isGone(error)) throw this.#missing();
      throw toSystemError(error, `${this.#path}/status`);
    }
  }

  /** @returns {Status | null} null: it has ended, or is hidden */
  statusIfThere() {
    return ifAllowed(() => parseStatus(this.#text('status')));
  }

  // Mounted with hidepid, /proc denies that there is a process of another user: kill() does not.
  #missing() {
    const { ESRCH, EACCES } = os.constants.errno;
    const failure = this.#pid === 'self' ? undefined : native().kill(this.#pid, 0);
    return systemError({ errno: failure?.errno === ESRCH ? ESRCH : EACCES, syscall: 'open' }, this.#path);
  }

  /** @returns {Status[]} lowest number first; threads that end meanwhile are left out */
  threads() {
    const tids = ifAllowed(() => fs.readdirSync(`${this.#path}/task`)) ?? [];
    return tids
      .map(Number)
      .sort((a, b) => a - b)
      .flatMap((tid) => ifAllowed(() => parseStatus(this.#text(`task/${tid}/status`))) ?? []);
  }

  /** @returns {string | null} */
  executable() {
    return ifAllowed(() => fs.readlinkSync(`${this.#path}/exe`));
  }

  /** @returns {{ path: string, files: string[] }[] | null} code that is mapped, each with the files to read it from */
  libraries() {
    const text = ifAllowed(() => this.#text('maps'));
    if (text === null) return null;
    return parseMaps(text).map(({ path, range }) => ({
      path,
      // The process may see other mounts than we do. What was deleted is still there as a mapping, for root.
      files: [`${this.#path}/root${path}`, `${this.#path}/map_files/${range}`],
    }));
  }

  /**
   * @param {number[]} tids of its threads: each has children of its own
   * @returns {number[] | null} null: this kernel does not tell (CONFIG_PROC_CHILDREN)
   */
  children(tids) {
    const lists = tids.map((tid) => ifAllowed(() => this.#text(`task/${tid}/children`)));
    if (lists.every((list) => list === null)) return null;
    return lists.flatMap((list) => (list ?? '').split(' ').filter(Boolean).map(Number));
  }

  /** @returns {bigint | null} what its signalfds read, together */
  signalfds() {
    const numbers = ifAllowed(() => fs.readdirSync(`${this.#path}/fd`));
    if (numbers === null) return null;
    let set = 0n;
    for (const number of numbers) {
      const target = ifAllowed(() => fs.readlinkSync(`${this.#path}/fd/${number}`));
      if (target !== 'anon_inode:[signalfd]') continue;
      const text = ifAllowed(() => this.#text(`fdinfo/${number}`)) ?? '';
      set |= toSet(/^sigmask:\t([0-9a-f]+)$/m.exec(text)?.[1]) ?? 0n;
    }
    return set;
  }
}

/** @param {number} pid @returns {ProcFolder} */
function folderOf(pid) {
  if (!hasProc()) throw unsupported('inspect() of another process, without /proc,');
  return new ProcFolder(pid);
}

/** @returns {ProcFolder | null} of this process; null where there is no /proc, or Deno does not let us see it */
function ownFolder() {
  try {
    return hasProc() ? new ProcFolder('self') : null;
  } catch {
    return null;
  }
}

module.exports = { ProcFolder, folderOf, ownFolder, parseMaps, parseStatus };
