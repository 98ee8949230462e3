// The thresholds of stats().health and of health reports: what the numbers mean. JS thread; no native call here.
'use strict';

/** @typedef {import('../binding').HealthLevel} HealthLevel */
/** @typedef {import('../binding').HealthReason} HealthReason */

// Above each: a warning, critical. src/posix/health_report.cc has the first pair too.
const LATENCY = { warning: 100, critical: 1000 };
const FAILED = { warning: 0.05, critical: 0.1 };
const QUEUE = { warning: 0.8, critical: 0.95 };
// Their handlers are what keeps the process from ending without clean-up.
const CRITICAL_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];
const WINDOW = 60_000;

/**
 * @param {HealthReason['metric']} metric
 * @param {number} value
 * @param {{ warning: number, critical: number }} limits
 * @returns {HealthReason[]} one or none
 */
function exceeded(metric, value, { warning, critical }) {
  const rounded = Math.round(value * 1000) / 1000;
  if (value > critical) return [{ metric, level: 'critical', value: rounded, limit: critical }];
  if (value > warning) return [{ metric, level: 'warning', value: rounded, limit: warning }];
  return [];
}

/** @param {HealthReason['metric']} metric @param {number} ms */
const latency = (metric, ms) => exceeded(metric, ms, LATENCY);

/**
 * @param {HealthReason['metric']} metric
 * @param {number} failed
 * @param {number} all
 */
const failures = (metric, failed, all) => (all > 0 ? exceeded(metric, failed / all, FAILED) : []);

/**
 * Signals that are subscribed and whose handler is not ours at this moment.
 * @param {import('../binding').SignalName[]} signals
 * @returns {HealthReason[]}
 */
function displaced(signals) {
  if (signals.length === 0) return [];
  const level = signals.some((name) => CRITICAL_SIGNALS.includes(name)) ? 'critical' : 'warning';
  return [{ metric: 'handlers', level, value: signals.length, limit: 0, signals }];
}

/** Of what the kernel keeps for this user; without any room it is full. @param {[number, number] | undefined} use */
const queue = ([used, limit] = [0, 1]) => exceeded('queue', limit > 0 ? used / limit : 1, QUEUE);

/**
 * Parts of ours that are missing now, and those that were made anew of late.
 * @param {number} parts
 * @returns {HealthReason[]}
 */
const recovery = (parts) =>
  parts > 0 ? [{ metric: 'recovery', level: 'warning', value: parts, limit: 0 }] : [];

/**
 * @param {HealthReason[]} reasons
 * @returns {{ level: HealthLevel, reasons: HealthReason[] }}
 */
function verdict(reasons) {
  const worst = ['critical', 'warning'].find((level) => reasons.some((reason) => reason.level === level));
  return { level: /** @type {HealthLevel} */ (worst ?? 'ok'), reasons };
}

/** @typedef {{ received: number, dropped: number, taken: number, overflow: number, restarts: number }} Counts */

// In ms. Not performance.now(): the first look at `performance` makes Node load what takes two thirds of a millisecond.
const now = () => process.uptime() * 1000;

// Counters only grow: what they have grown by in the last minute or two is what counts. Longer where nobody looks.
/** @type {{ at: number, counts: Counts }[]} */
let seen = [{ at: now(), counts: { received: 0, dropped: 0, taken: 0, overflow: 0, restarts: 0 } }];

/**
 * @param {Counts} counts
 * @param {number} [at] in ms
 * @returns {Counts}
 */
function recent(counts, at = now()) {
  seen = seen.slice(-2);
  const base = seen[0].counts;
  if (at - seen[seen.length - 1].at >= WINDOW) seen.push({ at, counts });
  return {
    received: counts.received - base.received,
    dropped: counts.dropped - base.dropped,
    taken: counts.taken - base.taken,
    overflow: counts.overflow - base.overflow,
    restarts: counts.restarts - base.restarts,
  };
}

module.exports = { displaced, failures, latency, queue, recent, recovery, verdict };
