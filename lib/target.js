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
  // No Buffer, whose methods the runtime compiles when they are first called: that took as long as the rest.
  const part = (/** @type {number} */ length, /** @type {number | bigint} */ from) => {
    const bytes = new Uint8Array(length);
    fs.readSync(file, bytes, 0, length, Number(from));
    return bytes;
  };
  const header = new DataView(part(64, 0).buffer);
  const size = header.getUint16(54, true);
  const segments = new DataView(
    part(size * header.getUint16(56, true), header.getBigUint64(32, true)).buffer,
  );
  for (let at = 0; at < segments.byteLength; at += size) {
    if (segments.getUint32(at, true) !== PT_INTERP) continue;
    const path = part(Number(segments.getBigUint64(at + 32, true)), segments.getBigUint64(at + 8, true));
    return String.fromCharCode(...path);
  }
  return '';
}

/** @returns {boolean} */
function isMusl() {
  try {
    const file = fs.openSync('/proc/self/exe', 'r');
    try {
      // A loader that was run by hand, with the program as its argument, is what the link leads to; musl's is its libc.
      const loader = loaderOf(file) || fs.readlinkSync('/proc/self/exe');
      return loader.includes('/ld-musl-') || loader.endsWith('/libc.so');
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
