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
  const limits = fs.readFileSync('/proc/self/limits', 'utf8');
  return limits.match(/^Max pending signals\s+(\S+)/m)?.[1] ?? null;
}

function describeMachine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model ?? 'unknown',
    cpus: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    pendingSignals: pendingLimit(),
    sigbridge: require('../../package.json').version,
    commit: git(['rev-parse', '--short', 'HEAD']),
    changedFiles:
      git(['status', '--porcelain', '--', 'lib', 'src'])?.split('\n').filter(Boolean).length ?? null,
  };
}

module.exports = { describeMachine };
