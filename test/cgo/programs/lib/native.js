// The test's own addons in a program: where build.js has put them, and what the kernel says through `actions`.
'use strict';

const path = require('node:path');

const OUTPUT = path.resolve(__dirname, '../../../../build/test-cgo');
/** @param {string} file */
const fixture = (file) => path.join(OUTPUT, file);

/** @type {{ actions(): string[], mask(): string, block(signo: number): void, open(signo: number): void }} */
const kernel = require(fixture('actions.node'));

/** Everything a call may not change: the calling thread's mask and every disposition. */
function state() {
  return { mask: kernel.mask(), actions: kernel.actions() };
}

/**
 * Handlers alone, each with its bits: [number, handler, flags, mask].
 * @returns {{ signo: number, handler: bigint, flags: bigint, mask: bigint }[]}
 */
function handlers() {
  const found = kernel.actions().map((line) => {
    const [signo, ...rest] = line.split(' ');
    const [handler, flags, mask] = rest.map((digits) => BigInt(`0x${digits}`));
    return { signo: Number(signo), handler, flags, mask };
  });
  return found.filter(({ handler }) => handler > 1n);
}

module.exports = { fixture, handlers, kernel, state };
