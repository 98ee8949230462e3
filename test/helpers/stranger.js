// A process of another user, and how a fixture gets to have no power over it. Jest side only.
'use strict';

const { execFileSync, spawn } = require('node:child_process');
const { afterEach } = require('@jest/globals');

// Root may signal everybody, unless it gives that right away: then a process of another user is out of reach. It
// keeps the right to read its own files.
const isRoot = process.getuid?.() === 0;
const POWERLESS = ['setpriv', '--bounding-set=-kill'];

function canDropRights() {
  try {
    execFileSync(POWERLESS[0], [...POWERLESS.slice(1), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The wrapper a fixture needs. */
const powerless = isRoot && canDropRights() ? POWERLESS : [];
/** Whether there is a stranger for a fixture in that wrapper. */
const knowsStranger = !isRoot || powerless.length > 0;

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();

/** @type {() => Promise<number>} its pid; it is ended after the test */
async function someStranger() {
  // Not root: process 1 is somebody else's.
  if (!isRoot) return 1;
  const child = spawn('cat', { uid: 65534, gid: 65534, stdio: ['pipe', 'ignore', 'ignore'] });
  await new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', reject);
  });
  alive.add(child);
  return Number(child.pid);
}

afterEach(() => {
  for (const child of alive) child.kill('SIGKILL');
  alive.clear();
});

module.exports = { knowsStranger, powerless, someStranger };
