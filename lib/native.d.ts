// The contract with src/node: arguments come validated, failures of system calls come back as values.
import type { Disposition, LoadReport, SignalName } from '../binding';

export interface Failure {
  errno: number;
  syscall: string;
}

export interface SignalTable {
  signals: [name: string, number: number, defaultAction: DefaultAction][];
  aliases: [name: string, number: number][];
  rtMin: number;
  rtMax: number;
  max: number;
}

export type DefaultAction = 'terminate' | 'core' | 'stop' | 'continue' | 'ignore';

export interface Native {
  signalTable(): SignalTable;
  numberOf(name: string): number;
  /** Empty where there is no such signal. */
  nameOf(signo: number): SignalName;
  describe(signo: number): string;
  codeName(signo: number, code: number): string;

  kill(pid: number, signo: number): Failure | undefined;
  queue(pid: number, signo: number, bits: bigint): Failure | undefined;
  raise(signo: number): Failure | undefined;
  exitBySignal(signo: number): never;
  disposition(signo: number): Failure | Disposition;
  /** EBUSY: a subscription stands, or a handler of the runtime's that serves somebody. */
  changeDisposition(signo: number, ignore: boolean): Failure | undefined;
  /** Of the standing subscription, as lib/action-flags.js numbers them; 0 without one. */
  takenFlags(signo: number): number;

  /** Everything the thread may block is blocked until guardEnd with the same number, on the same thread, LIFO. */
  guardBegin(): number;
  guardEnd(guard: number): { go: boolean; describe(): LoadReport };
  /** Counted: as many releaseHardening() end it. `keepLooking`: the wait thread has to. The signals repaired now. */
  harden(keepLooking: boolean): number[];
  hardenAgain(): number[];
  releaseHardening(): void;
  /** The mask before, for restoreMask on the same thread. */
  blockForThread(): ArrayBuffer;
  restoreMask(mask: ArrayBuffer): void;

  /** `handlersStay`: the runtime never takes a handler of its own away again. */
  setRuntime(handlersStay: boolean, lookForSuspendSignal: boolean, childrenInheritMask: boolean): void;
  suspendSignal(): number;
  configure(ringCapacity: number, pipeCapacity: number): void;
  /** The runtime has just installed (or taken away) its own handler. */
  listenersChanged(signo: number, live: boolean): void;
  hubStats(): {
    running: boolean;
    environments: number;
    ringCapacity: number;
    ringHighWater: number;
    received: number;
    overflow: number;
    unclaimed: number;
    late: number;
    batches: number;
    displaced: number;
  };

  /** One per copy of lib/: several may share this object (Jest's registries do). */
  start(
    onBatch: (count: number) => void,
    onOverflow: (signo: number, count: number) => void,
    isMainThread: boolean,
    childrenInheritMask: boolean,
  ): NativeEnvironment;
}

export interface NativeEnvironment {
  buffer: ArrayBuffer;
  /**
   * Four each: signo; listeners (-1 unknown, 0 none, 1 some); flags and the flags asked for, as lib/action-flags.js
   * numbers them. All or nothing. EBUSY: one stands with other flags than asked for.
   */
  subscribe(wanted: number[]): Failure | undefined;
  /** How many waiting deliveries nobody will be told of. */
  unsubscribe(signo: number): number;
  setRef(ref: boolean): void;
  /** signals: signo, received, coalesced, dropped, signo, ... */
  counters(): { waiting: number; signals: number[] };
}
