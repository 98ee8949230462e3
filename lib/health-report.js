// What a health report says, gathered and put into words. JS thread; of this package only what any program may call.
'use strict';

const { isMainThread, threadId } = require('node:worker_threads');
const { disposition } = require('./disposition');
const levels = require('./health-levels');
const { messageOf, plain, results } = require('./health-checks');
const { pending } = require('./mask');
const { validSignals } = require('./signals');
const { stats } = require('./stats');

/** @typedef {import('../binding').HealthReport} HealthReport */

function runtimeName() {
  const { bun, deno, node } = process.versions;
  return bun ? `bun ${bun}` : deno ? `deno ${deno}` : `node ${node}`;
}

/** What keeps the event loop alive, by kind; null where the runtime does not tell. */
function handles() {
  // Bun has the function, and it returns an empty array whatever there is.
  if (process.versions.bun !== undefined || typeof process.getActiveResourcesInfo !== 'function') return null;
  /** @type {Record<string, number>} */
  const kinds = {};
  for (const kind of process.getActiveResourcesInfo()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}

/** Signals whose handler is this package's: the whole process's subscriptions. */
const subscriptions = () => validSignals().filter((name) => disposition(name).ours);

/**
 * A getter of the user's: it may throw.
 * @param {{ state?: unknown } | undefined} shutdown
 */
function stateOf(shutdown) {
  try {
    return shutdown === undefined ? null : plain(shutdown.state);
  } catch (error) {
    return `unknown: ${messageOf(error)}`;
  }
}

/**
 * @param {object} from
 * @param {import('../binding').HealthTrigger | null} from.trigger
 * @param {Map<string, import('./health-checks').Check>} from.checks
 * @param {import('./loop-delay').LoopDelay} from.loop
 * @param {{ state?: unknown } | undefined} from.shutdown
 * @param {import('../binding').HealthReporterCounts} from.reporter
 * @returns {Promise<HealthReport>}
 */
async function gather({ trigger, checks, loop, shutdown, reporter }) {
  const [delay, checked] = await Promise.all([loop.look(), results(checks)]);
  // A copy, so that its health is that of now.
  const signals = { ...stats() };
  const { thread, process: ofProcess, held } = pending();
  const bad = Object.entries(checked).filter(([, { status }]) => status !== 'ok');
  const { level, reasons } = levels.verdict([
    ...signals.health.reasons,
    ...levels.latency('loop', delay.max),
    ...bad.map(
      ([name, { ms }]) =>
        /** @type {const} */ ({ metric: 'check', level: 'critical', value: ms, limit: 0, check: name }),
    ),
  ]);
  return {
    kind: 'full',
    time: new Date().toISOString(),
    pid: process.pid,
    thread: isMainThread ? 0 : threadId,
    runtime: runtimeName(),
    uptime: process.uptime(),
    level,
    reasons,
    trigger,
    loop: delay,
    memory: { ...process.memoryUsage() },
    handles: handles(),
    subscriptions: subscriptions(),
    pending: { thread, process: ofProcess, held },
    shutdown: stateOf(shutdown),
    checks: checked,
    reporter,
    stats: signals,
  };
}

const mebibytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const list = (/** @type {string[]} */ names) => names.join(' ') || 'none';

/** @param {import('../binding').HealthReason} reason */
function reasonLine({ level, metric, value, limit, signals, check }) {
  if (check !== undefined) return `  ${level}: check ${check}`;
  if (signals !== undefined) return `  ${level}: another handler stands for ${signals.join(' ')}`;
  return `  ${level}: ${metric} ${value}, above ${limit}`;
}

/** @param {HealthReport} report */
function checkLines({ checks }) {
  return Object.entries(checks).map(([name, { status, ms, value, error }]) => {
    const said = error ?? (value === undefined ? '' : JSON.stringify(value));
    return `  check ${name}: ${status} in ${ms} ms${said ? `, ${said}` : ''}`;
  });
}

/** @param {import('../binding').Recovery} recovery */
function recoveryLine({ level, missing, retries, restarts, degradations, lastFailure }) {
  const failure =
    lastFailure === null ? '' : `; last ${lastFailure.code} of ${lastFailure.syscall} at ${lastFailure.time}`;
  return (
    `  recovery: ${level}, missing: ${list(missing)}, ${retries} retried, ${restarts} made anew, ` +
    `${degradations} degraded${failure}`
  );
}

/** @param {HealthReport} report */
function toText(report) {
  const { level, loop, memory, pending: left, reporter, stats: counts, trigger } = report;
  const kinds = Object.entries(report.handles ?? {}).map(([kind, count]) => `${kind} ${count}`);
  const lines = [
    `health of ${report.pid} at ${report.time}: ${level}`,
    ...report.reasons.map(reasonLine),
    `  ${report.runtime}, up ${report.uptime.toFixed(1)} s, thread ${report.thread}`,
    trigger === null
      ? '  asked by: a call'
      : `  asked by: ${trigger.signal} of pid ${trigger.pid}, uid ${trigger.uid}, ${trigger.count} time(s)`,
    `  loop: ${loop.now} ms late now, mean ${loop.mean}, 99% ${loop.p99}, most ${loop.max} ms in the last minute`,
    `  memory: rss ${mebibytes(memory.rss)}, heap ${mebibytes(memory.heapUsed)} of ${mebibytes(memory.heapTotal)}`,
    `  handles: ${report.handles === null ? 'unknown' : kinds.join(', ') || 'none'}`,
    `  subscriptions: ${list(report.subscriptions)}`,
    `  pending: ${list([...new Set([...left.thread, ...left.process, ...left.held])])}`,
    `  signals: ${counts.received} received, ${counts.delivered} delivered, ${counts.coalesced} coalesced, ` +
      `${counts.dropped} dropped, ${counts.discarded} discarded, ${counts.waiting} waiting`,
    recoveryLine(counts.health.recovery),
    `  shutdown: ${report.shutdown === null ? 'none' : JSON.stringify(report.shutdown)}`,
    ...checkLines(report),
    `  reports: ${reporter.reports} before this one, ${reporter.coalesced} signals joined another's, ` +
      `${reporter.native} native, ${reporter.failed} not written`,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * @param {HealthReport} report
 * @param {'json' | 'text'} format
 */
function toWords(report, format) {
  if (format === 'text') return toText(report);
  return `${JSON.stringify(report, (_key, value) => (typeof value === 'bigint' ? String(value) : value))}\n`;
}

module.exports = { gather, toWords };
