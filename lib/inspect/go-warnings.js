// The warnings about Go runtimes beside JavaScript ones, and about the signal that a runtime suspends its threads with. Pure,
// as all of warnings.js. JS thread.
'use strict';

const path = require('node:path');

/** @typedef {import('../../binding').Inspection} Inspection */
/** @typedef {import('../../binding').InspectionWarning} Warning */
/** @typedef {import('../../binding').SignalName} SignalName */
/** @typedef {Omit<Inspection, 'warnings'>} Found */
/**
 * What the inspection does not show, but a judgement needs. Without the first two: of another process, which cannot tell.
 * @typedef {{
 *   unhardened?: SignalName[],
 *   suspension?: { signal: SignalName, intact: boolean } | null,
 *   isStandIn?: (signo: number) => boolean,
 *   signalfds: () => SignalName[] | null,
 * }} Extra
 */

// The first whose collector copes with SA_ONSTACK on its suspend handler.
const BUN_COPES = [1, 3];

/** @param {Found} found @param {string} signal */
const rowOf = (found, signal) => found.signals.find((row) => row.signal === signal);

/** @param {readonly string[] | null | undefined} names @param {string} name */
const includes = (names, name) => names?.includes(name) === true;

/** A handler that runs on a goroutine's stack of some KiB. @param {Found} found @param {Extra} extra @returns {Warning[]} */
function unsafeForGo(found, { unhardened = [], suspension }) {
  if (!found.self || found.go !== true) return [];
  const unsafe = found.signals.filter(
    ({ signal, kind }) => kind === 'handler' && signal !== suspension?.signal && unhardened.includes(signal),
  );
  return unsafe.flatMap(({ signal, flags, library }) => {
    const handler = `handler of ${signal} in ${library === null ? 'code without a file' : path.basename(library)}`;
    if (!includes(flags, 'SA_ONSTACK')) {
      return {
        code: 'go-no-onstack',
        signal,
        message: `${handler} lacks SA_ONSTACK and a Go runtime is loaded: will crash when the signal interrupts Go code; call harden()`,
      };
    }
    // Elsewhere the stacks that Go brings are large enough for nesting.
    if (found.runtime.name !== 'deno') return [];
    return {
      code: 'go-open-mask',
      signal,
      message: `${handler} lets other signals interrupt it and a Go runtime is loaded: Deno's alternate stacks are too small for several at once, will crash; call harden()`,
    };
  });
}

// As it is called in a package and in a clone.
const LAUNCHER = /\/(?:sigbridge_preload|prebuilds\/linux-(?:musl-)?\w+-preload)\.so$/;

/** @param {Found} found @returns {Warning[]} */
function unknownForGo({ self, go, runtime, libraries, pid }) {
  if (self || go !== true || runtime.name === null) return [];
  const isLaunched = libraries?.some((library) => LAUNCHER.test(library.path));
  if (isLaunched) return [];
  const carriers = libraries?.filter((library) => library.go).map((library) => path.basename(library.path));
  return [
    {
      code: 'go-unknown',
      message: `a Go runtime is loaded (${carriers?.join(', ')}), and nobody outside of process ${pid} can see its handlers' flags: without harden(), loadAddon() or 'sigbridge run' a signal can crash it; inspect() inside of it tells`,
    },
  ];
}

/** @param {string | null} version */
function isOldBun(version) {
  const [major, minor] = (version ?? '').split('.').map(Number);
  return major < BUN_COPES[0] || (major === BUN_COPES[0] && minor < BUN_COPES[1]);
}

/** @param {Found} found @param {Extra} extra @returns {Warning[]} */
function suspendSignal(found, { suspension }) {
  if (!suspension) return [];
  const { signal, intact } = suspension;
  /** @type {Warning[]} */
  const warnings = [];
  if (!intact) {
    const library = rowOf(found, signal)?.library;
    const taker = library ? path.basename(library) : 'somebody else';
    warnings.push({
      code: 'suspend-taken',
      signal,
      message: `${signal}, with which ${found.runtime.name} suspends its threads, is not handled by it any more but by ${taker}: its garbage collector will hang; load that library with loadAddon() or guard(), which put the handler back`,
    });
  } else if (
    found.go === true &&
    found.runtime.name === 'bun' &&
    isOldBun(found.runtime.version) &&
    includes(rowOf(found, signal)?.flags, 'SA_ONSTACK')
  ) {
    warnings.push({
      code: 'suspend-onstack',
      signal,
      message: `a Go library has put SA_ONSTACK on ${signal}, with which Bun suspends its threads: Bun before 1.3 then hangs in its garbage collector; load the library with loadAddon() or guard()`,
    });
  }
  const main = found.threads?.find(({ tid }) => tid === found.pid);
  if (main && includes(main.blocked, signal)) {
    warnings.push({
      code: 'suspend-blocked',
      signal,
      tid: found.pid,
      message: `the main thread blocks ${signal}, with which ${found.runtime.name} suspends its threads: its garbage collector waits for it in vain; unblock ${signal}`,
    });
  }
  return warnings;
}

module.exports = { includes, rowOf, suspendSignal, unknownForGo, unsafeForGo };
