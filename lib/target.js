// Which of the package's binaries this process can load: platform, libc and processor. No child process, and nothing
// slow where it can be helped: a diagnostic report takes Node 15 ms, the look at its own mappings 0.1.
'use strict';

const fs = require('node:fs');

// Its loader is its libc. A process of glibc has no file of either name.
const MUSL = ['/ld-musl-', '/libc.so\n', '/libc.so (deleted)'];

/** @returns {boolean} */
function isMusl() {
  try {
    // What is mapped, not what the program asks for: a loader may have been run by hand. And read as modules are, by the one
    // function that the runtime has compiled already.
    const maps = fs.readFileSync('/proc/self/maps', 'utf8');
    return MUSL.some((name) => maps.includes(name));
  } catch {
    // A container without /proc. What no runtime can tell is glibc, as most are.
    const report = /** @type {any} */ (process.report);
    if (report === undefined) return false;
    const { excludeNetwork } = report;
    report.excludeNetwork = true;
    const { header } = report.getReport();
    // The program's own setting, for its own reports.
    report.excludeNetwork = excludeNetwork;
    return header !== undefined && !header.glibcVersionRuntime;
  }
}

/** @returns {string} "linux-x64", "linux-musl-arm64", "darwin-arm64" */
function target() {
  const { platform, arch, versions } = process;
  // Deno, which is not made for musl, would ask its user whether we may look.
  const musl = platform === 'linux' && versions.deno === undefined && isMusl();
  return musl ? `linux-musl-${arch}` : `${platform}-${arch}`;
}

module.exports = { target };
