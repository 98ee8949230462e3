// What a build folder holds: whether its cache is still good here, whether its binary is older than the sources.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const STAMP = '.built';

/** @param {string} file @returns {number} 0 when it is not there */
function changedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} root @returns {string[]} */
function sources(root) {
  const folder = path.join(root, 'src');
  // Folders too: taking a file away changes only them.
  const inside = fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name)));
  return [path.join(root, 'CMakeLists.txt'), folder, ...inside];
}

/**
 * The stamp is what counts, not the binary: that stays as old as it is when an edit changes nothing in it.
 * @param {string} folder
 * @param {string} root
 */
function isStale(folder, root) {
  if (!fs.existsSync(path.join(folder, 'sigbridge.node'))) return true;
  const builtAt = changedAt(path.join(folder, STAMP));
  return sources(root).some((file) => changedAt(file) > builtAt);
}

/**
 * @param {string} folder
 * @param {number} begun when the build started: a file saved while it ran is newer
 */
function markBuilt(folder, begun) {
  const stamp = path.join(folder, STAMP);
  fs.writeFileSync(stamp, '');
  fs.utimesSync(stamp, begun / 1000, begun / 1000);
}

/**
 * A folder that was copied or moved, or whose compiler or generator is gone, cannot be built in any more: its
 * cache is taken away, so that CMake begins anew.
 * @param {string} folder
 * @param {string} root
 */
function usableCache(folder, root) {
  const file = path.join(folder, 'CMakeCache.txt');
  if (!fs.existsSync(file)) return false;
  const text = fs.readFileSync(file, 'utf8');
  const entry = (/** @type {string} */ name) => text.match(new RegExp(`^${name}:\\w+=(.*)$`, 'm'))?.[1] ?? '';
  const exists = (/** @type {string} */ name) => entry(name) !== '' && fs.existsSync(entry(name));
  const isHere =
    exists('CMAKE_HOME_DIRECTORY') &&
    fs.realpathSync(entry('CMAKE_HOME_DIRECTORY')) === fs.realpathSync(root);
  // Where a toolchain file names the compiler, the cache has only that file's name.
  const compiler = exists('CMAKE_TOOLCHAIN_FILE') || exists('CMAKE_CXX_COMPILER');
  if (isHere && compiler && exists('CMAKE_MAKE_PROGRAM')) return true;
  fs.rmSync(file);
  fs.rmSync(path.join(folder, 'CMakeFiles'), { recursive: true, force: true });
  return false;
}

/** @param {string} file */
function size(file) {
  return `${Math.round(fs.statSync(file).size / 1024)} KiB`;
}

module.exports = { isStale, markBuilt, size, usableCache };
