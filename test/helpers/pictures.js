// Compares two pictures of a process (fixtures/lib/process-status.js): what it was before our first call, and after
// our last close(). Jest side only.
'use strict';

const { expect } = require('@jest/globals');

/** @typedef {{ tid: number, name: string, SigBlk: string }} Thread */
/** @typedef {import('./fixture').Line} Line */
/** @typedef {import('./runtimes').Runtime} Runtime */

// Threads that the runtimes start and end as they see fit. Node has none of the kind.
/** @type {Record<string, RegExp>} */
const HELPERS = {
  node: /^$/,
  bun: /JITWorker|HeapHelper|ollector Thread|JSCWarmUp|Bun Pool|mi-scavenger|Signal Sender|^bun$/,
  deno: /tokio-runtime|V8 DefaultWorke|^deno$|^worker-/,
};
const OPEN = '0000000000000000';

/** @param {Line} picture */
const waitThreads = (picture) =>
  picture.threads.filter((/** @type {Thread} */ { name }) => name === 'sigbridge');

/** @param {Line} picture */
const pipes = (picture) =>
  picture.descriptors.filter((/** @type {string} */ text) => text.includes(' pipe:'));

/**
 * @param {Runtime} runtime
 * @param {Line} before
 * @param {Line} after
 * @param {{ workersEnded?: boolean }} [options] Bun and Deno keep descriptors (timers, event queues) of Workers that
 *   have ended, with us or without; ours are pipes
 */
function expectSame(runtime, before, after, { workersEnded = false } = {}) {
  const { SigCgt, SigBlk, SigIgn, actions } = before;
  expect(after).toMatchObject({ SigCgt, SigBlk, SigIgn });
  expect(after.actions).toEqual(actions);
  if (workersEnded && runtime.kind !== 'node') {
    expect(pipes(after)).toEqual(pipes(before));
  } else {
    expect(after.descriptors).toEqual(before.descriptors);
  }
  const known = new Map(before.threads.map((/** @type {Thread} */ thread) => [thread.tid, thread]));
  for (const thread of after.threads) {
    const { tid, name, SigBlk: mask } = thread;
    if (known.has(tid)) {
      expect(thread).toEqual(known.get(tid));
      continue;
    }
    expect(name).toMatch(HELPERS[runtime.kind]);
    // A thread that was born while we were there must not have got a mask from us.
    const usual = before.threads.find((/** @type {Thread} */ other) => other.name === name)?.SigBlk ?? OPEN;
    expect({ name, mask }).toEqual({ name, mask: usual });
  }
  if (runtime.kind === 'node') expect(after.threads).toHaveLength(before.threads.length);
}

module.exports = { expectSame, waitThreads };
