// What the numbers were measured on.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');

/** @param {string[]} args */
function git(args) {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

// RLIMIT_SIGPENDING bounds how far a sender can be ahead of its receiver.
function pendingLimit() {
  const file = '/proc/self/limits';
  if (!fs.existsSync(file)) return null;
  const limits = fs.readFileSync(file, 'utf8');
  return limits.match(/^Max pending signals\s+(\S+)/m)?.[1] ?? null;
}

/** The setting that powersaving laptops differ by. */
function governor() {
  const file = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : null;
}

/** @param {string[]} versions of what takes part */
function describeMachine(versions) {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model ?? 'unknown',
    cpus: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    governor: governor(),
    pendingSignals: pendingLimit(),
    versions,
    backend: process.env.SIGBRIDGE_BACKEND ?? null,
    sigbridge: require('../../package.json').version,
    commit: git(['rev-parse', '--short', 'HEAD']),
    changedFiles:
      git(['status', '--porcelain', '--', 'lib', 'src'])?.split('\n').filter(Boolean).length ?? null,
  };
}

module.exports = { describeMachine };
