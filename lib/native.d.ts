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

  /** Everything the thread may block is blocked until guardEnd with the same number, on the same thread, LIFO. */
  guardBegin(): number;
  guardEnd(guard: number): { go: boolean; describe(): LoadReport };
  /** What a call of unknown native code returned, safe to look at: Bun 1.1 makes no value of its NULL. */
  orUndefined<T>(value: T): T;
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
    taken: number;
  };

  /** One per copy of lib/: several may share this object (Jest's registries do). */
  start(
    onBatch: (count: number) => void,
    onOverflow: (signo: number, count: number) => void,
    isMainThread: boolean,
    childrenInheritMask: boolean,
  ): NativeEnvironment;
}

export type Bits = readonly [number, number, number, number];

export interface NativeEnvironment {
  buffer: ArrayBuffer;
  /** Pairs of signo and listeners: -1 unknown, 0 none, 1 some. All or nothing. */
  subscribe(pairs: number[]): Failure | undefined;
  /** How many waiting deliveries nobody will be told of. */
  unsubscribe(signo: number): number;
  setRef(ref: boolean): void;

  /** Sets of signals travel as four numbers of 32 bits, lowest signals first (lib/signal-bits.js). */
  maskCurrent(): number[];
  /** The mask before, here and in the next two. */
  maskBlock(...bits: Bits): number[];
  maskUnblock(...bits: Bits): number[];
  maskSet(...bits: Bits): number[];
  /** 0 block, 1 unblock, 2 set: on all threads of the process. The mask before, on this one. */
  maskEverywhere(change: 0 | 1 | 2, ...bits: Bits): Failure | number[];
  /** At most 16 deep: the caller counts. */
  maskPush(...bits: Bits): void;
  maskPop(): void;
  pending(): { thread: number[]; process: number[]; held: number[] };
  enterSection(...bits: Bits): Failure | undefined;
  /** `depth` of the mask stack when the section was entered. */
  leaveSection(depth: number): void;
  /** Held until endWait(): for a wait that is made of several. */
  beginWait(...bits: Bits): Failure | undefined;
  endWait(): void;
  /** True: the record is in the buffer, behind the last of a batch. `ms` below 0: for ever. */
  wait(ms: number, ...bits: Bits): Failure | boolean;
  /** signals: signo, received, coalesced, dropped, signo, ... */
  counters(): { waiting: number; signals: number[] };
}
