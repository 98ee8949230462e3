// inspect(): every signal's disposition, every thread's mask, and what is wrong with them. Of this process from the kernel
// and the dynamic linker, of another one as far as Linux's /proc tells. JS thread; changes nothing.
'use strict';

const { native } = require('./binding');
const { disposition } = require('./disposition');
const { carriesGo } = require('./inspect/go-note');
const { ProcFolder, folderOf, ownFolder } = require('./inspect/proc');
const { findWarnings } = require('./inspect/warnings');
const { signalGroups } = require('./names');
const { toProcessId } = require('./send');
const { validSignals } = require('./signals');

/** @typedef {import('../binding').Inspection} Inspection */
/** @typedef {import('../binding').SignalName} SignalName */
/** @typedef {import('./inspect/proc').Status} Status */
/** @typedef {Pick<Inspection, 'ppid' | 'name' | 'state' | 'init' | 'threads' | 'pending' | 'caught' | 'ignored' | 'takers' | 'queued' | 'children'>} FromSystem */

/** @param {bigint | null} set @param {number} signo */
const has = (set, signo) => set !== null && ((set >> BigInt(signo - 1)) & 1n) === 1n;

/** @param {number} signo @returns {SignalName} */
const nameOf = (signo) => native().nameOf(signo);

// The platform's, looked up once: a process may have thousands of threads.
/** @type {{ signal: SignalName, number: number }[]} */
let known = [];
function knownSignals() {
  if (known.length === 0) {
    known = validSignals().map((signal) => ({ signal, number: native().numberOf(signal) }));
  }
  return known;
}

/** What libc keeps for itself has no name, and is left out. @param {bigint | null} set @returns {SignalName[] | null} */
function namesOf(set) {
  if (set === null) return null;
  if (set === 0n) return [];
  return knownSignals()
    .filter(({ number }) => has(set, number))
    .map(({ signal }) => signal);
}

/**
 * By every thread; null: not known.
 * @param {Status[]} threads
 * @returns {bigint | null}
 */
function blockedByAll(threads) {
  let set = threads[0]?.blocked ?? null;
  for (const { blocked } of threads) set = set === null || blocked === null ? null : set & blocked;
  return set;
}

const IDLE = ['stopped', 'tracing stop', 'zombie', 'dead'];

/**
 * @param {Status[]} threads
 * @returns {Inspection['takers']} null where masks are not told
 */
function takersOf(threads) {
  if (threads.some(({ blocked }) => blocked === null)) return null;
  /** @type {Record<string, number[]>} */
  const takers = {};
  for (const name of signalGroups.terminating) {
    const signo = native().numberOf(name);
    const able = threads.filter(({ state, blocked }) => !IDLE.includes(state ?? '') && !has(blocked, signo));
    takers[name] = able.map(({ pid }) => pid);
  }
  return takers;
}

/** @param {number} pid @returns {NonNullable<Inspection['children']>[number] | null} null: it is gone by now */
function childOf(pid) {
  const folder = new ProcFolder(pid);
  const status = folder.statusIfThere();
  if (status === null) return null;
  const { name, state, blocked } = status;
  // One open mask will do: most children's first thread has it.
  const isOpen = blocked === 0n || state === 'zombie';
  const byAll = isOpen ? blocked : blockedByAll(folder.threads());
  return { pid, name, state, blocked: namesOf(byAll) };
}

/**
 * @param {ProcFolder} folder
 * @param {Status} status
 * @returns {FromSystem}
 */
function fromProc(folder, status) {
  const threads = folder.threads();
  // It has ended since its status was read.
  if (threads.length === 0) threads.push(folder.status());
  const tids = threads.map(({ pid }) => pid);
  const children = folder.children(tids);
  return {
    ppid: status.parent,
    name: status.name,
    // The first thread may have ended alone: the others go on.
    state: threads.every(({ state }) => state === 'zombie') ? 'zombie' : status.state,
    init: status.inner === null ? null : status.inner === 1,
    threads: threads.map(({ pid, name, state, blocked, pending }) => ({
      tid: pid,
      name,
      state,
      blocked: namesOf(blocked),
      pending: namesOf(pending),
    })),
    pending: namesOf(status.shared),
    caught: namesOf(status.caught),
    ignored: namesOf(status.ignored),
    takers: takersOf(threads),
    queued: status.queued,
    children: children?.flatMap((pid) => childOf(pid) ?? []) ?? null,
  };
}

/** Without /proc: the calling thread, and no other. @param {Inspection['signals']} signals @returns {FromSystem} */
function withoutProc(signals) {
  const { mask, pending } = require('./mask');
  const waiting = pending();
  /** @param {string} kind */
  const ofKind = (kind) => signals.filter((row) => row.kind === kind).map(({ signal }) => signal);
  return {
    ppid: process.ppid,
    name: null,
    state: null,
    init: process.pid === 1,
    threads: [{ tid: null, name: null, state: null, blocked: mask.current(), pending: waiting.thread }],
    pending: waiting.process,
    caught: ofKind('handler'),
    ignored: ofKind('ignore'),
    takers: null,
    queued: null,
    children: null,
  };
}

/** Go in any of them; null: not in those that could be read. @param {{ go: boolean | null }[] | null} libraries */
function anyGo(libraries) {
  if (libraries === null) return null;
  if (libraries.some(({ go }) => go === true)) return true;
  return libraries.some(({ go }) => go === null) ? null : false;
}

function ownRuntime() {
  const { bun, deno, node } = process.versions;
  /** @type {[Inspection['runtime']['name'], string]} */
  const [name, version] =
    bun !== undefined ? ['bun', bun] : deno !== undefined ? ['deno', deno] : ['node', node];
  return { name, version, executable: process.execPath };
}

/** What threads are suspended with, and whether the handler is still the runtime's. @param {Inspection['runtime']['name']} runtime */
function suspension(runtime) {
  const known = native().suspendSignal();
  if (known !== 0) return { signal: nameOf(known), intact: native().isRuntimeHandler(known) };
  const usual = runtime === 'bun' ? native().numberOf('SIGPWR') : 0;
  // Taken before we could look: a handler stands there, and it is not the runtime's.
  if (usual === 0 || disposition(usual).kind !== 'handler') return null;
  return { signal: nameOf(usual), intact: native().isRuntimeHandler(usual) };
}

/** @returns {Inspection} */
function inspectSelf() {
  const runtime = ownRuntime();
  const libraries = native()
    .loadedLibraries()
    .map(({ path, go }) => ({ path: path || process.execPath, go }))
    // The kernel's own (vdso) is in no file.
    .filter(({ path }) => path.includes('/'));
  const signals = knownSignals().map((row) => ({ ...row, ...disposition(row.number) }));
  const folder = ownFolder();
  const system = folder === null ? withoutProc(signals) : fromProc(folder, folder.status());
  const inspection = {
    pid: process.pid,
    self: true,
    ...system,
    runtime,
    go: anyGo(libraries),
    signals,
    watched: signals.filter(({ ours }) => ours).map(({ signal }) => signal),
    libraries,
    stats: require('./stats').stats(),
  };
  const warnings = findWarnings(inspection, {
    unhardened: native().unhardened().map(nameOf),
    suspension: suspension(runtime.name),
    isStandIn: (signo) => native().isRuntimeHandler(signo),
    signalfds: () => namesOf(folder === null ? null : folder.signalfds()),
  });
  return { ...inspection, warnings };
}

// By its name: nobody but itself can tell. Distributions add a version to it, and Bun's npm package .exe everywhere.
const RUNTIME = /(?:^|\/)(node|bun|deno)(?:js)?(?:-?\d[\w.]*)?(?:\.exe)?(?: \(deleted\))?$/;

/** @param {number} pid @returns {Inspection} */
function inspectOther(pid) {
  const asked = folderOf(pid).status();
  // A thread's number, as kill(2) takes it too, is its process's.
  if (asked.group === process.pid) return inspectSelf();
  const folder = folderOf(asked.group);
  const status = asked.group === pid ? asked : folder.status();
  const executable = folder.executable();
  const name = /** @type {Inspection['runtime']['name']} */ (RUNTIME.exec(executable ?? '')?.[1] ?? null);
  const mapped = folder.libraries();
  const libraries =
    mapped?.flatMap(({ path, files }) => {
      const go = carriesGo(files);
      return go === undefined ? [] : { path, go };
    }) ?? null;
  const { caught, ignored } = status;
  const isKnown = caught !== null && ignored !== null;
  const inspection = {
    pid: status.group,
    self: false,
    ...fromProc(folder, status),
    runtime: { name, version: null, executable },
    go: anyGo(libraries),
    signals: knownSignals().map(({ signal, number }) => {
      const kind = has(caught, number) ? 'handler' : has(ignored, number) ? 'ignore' : 'default';
      return {
        signal,
        number,
        kind: isKnown ? /** @type {'handler'} */ (kind) : null,
        flags: null,
        library: null,
        symbol: null,
        ours: null,
        beneath: null,
      };
    }),
    watched: null,
    libraries,
    stats: null,
  };
  const warnings = findWarnings(inspection, { signalfds: () => namesOf(folder.signalfds()) });
  return { ...inspection, warnings };
}

/**
 * @param {number} [pid]
 * @returns {Inspection}
 */
function inspect(pid) {
  if (pid === undefined) return inspectSelf();
  const id = toProcessId(pid, 'pid');
  return id === process.pid ? inspectSelf() : inspectOther(id);
}

module.exports = { inspect };
