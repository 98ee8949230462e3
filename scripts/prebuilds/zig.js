// The cross-compiler, from PyPI, once for all clones: in the cache that the runtimes are in.
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const cache = require('../runtimes/cache');

const run = promisify(execFile);

const VERSION = '0.17.1';

/** @returns {string | null} the compiler, when it is in the cache */
function findZig() {
  const zig = path.join(cache.root(), `zig-${VERSION}`, 'ziglang', 'zig');
  return fs.existsSync(zig) ? zig : null;
}

/**
 * @param {(step: string) => void} onStep
 * @returns {Promise<string>} the compiler
 */
async function fetchZig(onStep) {
  const found = findZig();
  if (found) return found;
  onStep(`fetching zig ${VERSION} from PyPI`);
  fs.mkdirSync(cache.root(), { recursive: true });
  await cache.withWorkFolder(async (folder) => {
    const ready = path.join(folder, 'ready');
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'];
    try {
      await run('python3', [...pip, '--target', ready, `ziglang==${VERSION}`]);
    } catch (cause) {
      const { stderr, message } = /** @type {Error & { stderr?: string }} */ (cause);
      const reason = stderr?.trim().split('\n').at(-1) || message.split('\n')[0];
      throw new Error(`cannot fetch zig ${VERSION} from PyPI: ${reason}. It needs python3 with pip.`, {
        cause,
      });
    }
    await run(path.join(ready, 'ziglang', 'zig'), ['version']);
    cache.add('zig', VERSION, ready);
  });
  const zig = findZig();
  if (zig === null) throw new Error(`zig ${VERSION} vanished from ${cache.root()}`);
  return zig;
}

/** What zig compiles of its own (libc, libc++) is kept beside it. */
function zigEnvironment() {
  const folder = path.join(cache.root(), `zig-${VERSION}-cache`);
  return { ...process.env, ZIG_GLOBAL_CACHE_DIR: folder, ZIG_LOCAL_CACHE_DIR: folder };
}

module.exports = { fetchZig, findZig, zigEnvironment };
