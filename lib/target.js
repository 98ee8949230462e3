// Which of the package's binaries this process can load: platform, libc and processor. No child process, and nothing
// slow where it can be helped: a diagnostic report takes Node 15 ms, the look at its own header 0.2.
'use strict';

const fs = require('node:fs');

const PT_INTERP = 3;

/**
 * The loader that an ELF file of 64 bits asks for; empty for one that asks for none.
 * @param {number} file
 */
function loaderOf(file) {
  const header = Buffer.alloc(64);
  fs.readSync(file, header, 0, header.length, 0);
  const size = header.readUInt16LE(54);
  const segments = Buffer.alloc(size * header.readUInt16LE(56));
  fs.readSync(file, segments, 0, segments.length, Number(header.readBigUInt64LE(32)));
  for (let at = 0; at < segments.length; at += size) {
    if (segments.readUInt32LE(at) !== PT_INTERP) continue;
    const path = Buffer.alloc(Number(segments.readBigUInt64LE(at + 32)));
    fs.readSync(file, path, 0, path.length, Number(segments.readBigUInt64LE(at + 8)));
    return path.toString('latin1');
  }
  return '';
}

/** @returns {boolean} */
function isMusl() {
  try {
    const file = fs.openSync('/proc/self/exe', 'r');
    try {
      // A loader that was run by hand, with the program as its argument, is what the link leads to; musl's is its libc.
      return /\bld-musl-|\/libc\.so$/.test(loaderOf(file) || fs.readlinkSync('/proc/self/exe'));
    } finally {
      fs.closeSync(file);
    }
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
