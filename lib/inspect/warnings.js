// What is wrong with a process's signals, in words that say what to do. Pure: works on what inspect() has found. JS thread.
'use strict';

const { includes, rowOf, suspendSignal, unknownForGo, unsafeForGo } = require('./go-warnings');

/** @typedef {import('./go-warnings').Extra} Extra */
/** @typedef {import('./go-warnings').Found} Found */
/** @typedef {import('../../binding').InspectionWarning} Warning */
/** @typedef {import('../../binding').SignalName} SignalName */

const TERMINATING = /** @type {const} */ (['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']);
// Of what may be queued for a user.
const NEARLY_FULL = 0.9;

/** @param {Found} found */
const isDead = ({ state }) => state === 'zombie';

/** @param {Found} found @param {SignalName} signal every thread is known to block it */
const allBlock = ({ threads }, signal) =>
  threads !== null &&
  threads.length > 0 &&
  threads.every(({ tid, blocked }) => tid !== null && includes(blocked, signal));

/** @param {Found} found @param {Extra} extra @returns {Warning[]} */
function blockedEverywhere(found, { signalfds }) {
  if (isDead(found)) return [];
  const blocked = TERMINATING.filter(
    (signal) => allBlock(found, signal) && rowOf(found, signal)?.kind !== 'ignore',
  );
  if (blocked.length === 0) return [];
  const read = signalfds();
  return blocked
    .filter((signal) => !includes(read, signal))
    .map((signal) => ({
      code: 'blocked',
      signal,
      message: `every thread blocks ${signal}${read === null ? ' (whether a signalfd reads it is not to be seen)' : ''}: sent, it stays pending and does nothing; ${
        found.self
          ? `mask.unblock('${signal}') opens this thread; if nobody here blocked it, whoever started the process did`
          : 'unblock it on one thread, or start the process from a thread that does not block it; SIGKILL ends it'
      }`,
    }));
}

/** @param {Found} found @param {Extra} extra @returns {Warning[]} */
function stuckPending(found, { signalfds }) {
  if (isDead(found)) return [];
  const { threads, pending } = found;
  const ofProcess = (pending ?? []).filter((signal) => allBlock(found, signal));
  const ofThreads = (threads ?? []).flatMap((thread) =>
    (thread.pending ?? [])
      .filter((signal) => includes(thread.blocked, signal))
      .map((signal) => ({ signal, thread })),
  );
  if (ofProcess.length + ofThreads.length === 0) return [];
  const read = signalfds();
  const unsure = read === null ? ' (but for a signalfd, which is not to be seen)' : '';
  return [
    ...ofProcess
      .filter((signal) => !includes(read, signal))
      .map((signal) => ({
        code: /** @type {const} */ ('pending'),
        signal,
        message: `${signal} is pending and no thread can take it${unsure}: all block it; unblock it on one, or take it with poll('${signal}')`,
      })),
    ...ofThreads
      .filter(({ signal }) => !includes(read, signal))
      .map(({ signal, thread: { tid, name } }) => ({
        code: /** @type {const} */ ('pending'),
        signal,
        tid: tid ?? undefined,
        message: `${signal} was sent to thread ${tid}${name ? ` (${name})` : ''} alone, which blocks it${unsure}: it stays pending until that thread unblocks it; send it to the process instead`,
      })),
  ];
}

/** @param {Found} found @returns {Warning[]} */
function brokenPipe(found) {
  // For a program of another kind (cat, say) it is as it should be.
  if (found.runtime.name === null || isDead(found) || rowOf(found, 'SIGPIPE')?.kind !== 'default') return [];
  const remedy = found.self
    ? "ignore('SIGPIPE') gives errors instead (EPIPE)"
    : 'ignored, it would get EPIPE instead';
  return [
    {
      code: 'sigpipe-default',
      signal: 'SIGPIPE',
      message: `SIGPIPE has its default action: a write to a closed pipe or socket ends the process; ${remedy}`,
    },
  ];
}

/** @param {Found} found @returns {Warning[]} */
function ignoredTerminating(found) {
  return /** @type {SignalName[]} */ (['SIGHUP', 'SIGTERM'])
    .filter((signal) => rowOf(found, signal)?.kind === 'ignore')
    .map((signal) => ({
      code: 'ignored',
      signal,
      message: `${signal} is ignored: sent, it does nothing. nohup and a shell's trap '' hand that down, or the program chose it; ${
        found.self
          ? `restoreDefault('${signal}') or a subscription changes it`
          : 'another signal has to end it'
      }`,
    }));
}

/** @param {Found} found @returns {Warning[]} */
function childrenThatBlock({ children, self }) {
  return (children ?? []).flatMap(({ pid, name, blocked, state }) => {
    const signals = TERMINATING.filter((signal) => includes(blocked, signal));
    if (signals.length === 0 || state === 'zombie') return [];
    return /** @type {Warning} */ ({
      code: 'child-blocks',
      signal: signals.includes('SIGTERM') ? 'SIGTERM' : signals[0],
      pid,
      message: `child ${pid} (${name}) blocks ${signals.join(', ')} on every thread: inherited from the thread that started it, unless it does so itself; ${
        self ? 'unblock them before you spawn (mask.unblock)' : 'unblock them before it is started'
      }; SIGKILL ends it`,
    });
  });
}

/** @param {Found} found @param {Extra} extra @returns {Warning[]} */
function processOne(found, { isStandIn }) {
  const row = rowOf(found, 'SIGTERM');
  if (found.init !== true || isDead(found) || row === undefined) return [];
  // Node's own handler acts out the default action: the kernel throws that away as well.
  const isNothing =
    row.kind === 'default' ||
    (row.kind === 'handler' && includes(row.flags, 'SA_RESETHAND') && isStandIn?.(row.number));
  if (!isNothing) return [];
  return [
    {
      code: 'init-default',
      signal: 'SIGTERM',
      message: `PID 1 of its PID namespace, and SIGTERM has its default action: the kernel throws it away ('docker stop' waits in vain, then kills); ${
        found.self ? "handle it (onSignal, process.on('SIGTERM'))" : 'let the program handle it'
      }, or run it under an init (docker run --init)`,
    },
  ];
}

/** @param {Found} found @returns {Warning[]} */
function fullQueue({ queued }) {
  if (queued === null || queued.limit === null || queued.used < queued.limit * NEARLY_FULL) return [];
  return [
    {
      code: 'queue-full',
      message: `${queued.used} of ${queued.limit} signals that may be queued for this user are: queue() and timers fail (EAGAIN), signals lose their payload; let the receivers take theirs, or raise RLIMIT_SIGPENDING (ulimit -i)`,
    },
  ];
}

/** @param {Found} found @returns {Warning[]} */
function theDead(found) {
  const { children, ppid, pid, self } = found;
  if (isDead(found)) {
    return [
      {
        code: 'zombie',
        message: `process ${pid} has ended: no signal does anything to it; its parent ${ppid} has not waited for it yet`,
      },
    ];
  }
  return (children ?? [])
    .filter(({ state }) => state === 'zombie')
    .map((child) => ({
      code: 'zombie',
      pid: child.pid,
      message: `child ${child.pid} (${child.name}) has ended and was not waited for${
        self
          ? ' yet: child_process does that on its event loop, native code has to by itself (waitpid)'
          : ': if it stays, its parent does not call waitpid'
      }`,
    }));
}

/** @param {Found} found @returns {Warning[]} */
function standing({ state, pid }) {
  if (state !== 'stopped' && state !== 'tracing stop') return [];
  const how = state === 'stopped' ? 'is stopped' : 'is stopped by a debugger';
  const remedy = state === 'stopped' ? 'SIGCONT lets it go on' : 'it goes on when the debugger lets it';
  return [
    {
      code: 'stopped',
      message: `process ${pid} ${how}: every signal but SIGKILL and SIGCONT waits; ${remedy}`,
    },
  ];
}

const CHECKS = [
  unsafeForGo,
  unknownForGo,
  suspendSignal,
  blockedEverywhere,
  stuckPending,
  processOne,
  ignoredTerminating,
  brokenPipe,
  fullQueue,
  childrenThatBlock,
  theDead,
  standing,
];

/**
 * The gravest first.
 * @param {Found} found
 * @param {Extra} extra
 * @returns {Warning[]}
 */
function findWarnings(found, extra) {
  return CHECKS.flatMap((check) => check(found, extra));
}

module.exports = { findWarnings };
