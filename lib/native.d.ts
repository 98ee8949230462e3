// The contract with src/node: arguments come validated, failures of system calls come back as values.
import type { DefaultAction, Disposition, LoadReport, SignalName } from '../binding';

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

export interface Native {
  signalTable(): SignalTable;
  numberOf(name: string): number;
  /** Empty where there is no such signal. */
  nameOf(signo: number): SignalName;
  describe(signo: number): string;
  codeName(signo: number, code: number): string;

  kill(pid: number, signo: number): Failure | undefined;
  queue(pid: number, signo: number, bits: bigint): Failure | undefined;
  sendToThread(pid: number, tid: number, signo: number): Failure | undefined;
  queueToThread(pid: number, tid: number, signo: number, bits: bigint): Failure | undefined;
  raise(signo: number): Failure | undefined;
  exitBySignal(signo: number): never;
  disposition(signo: number): Failure | Disposition;

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

  /** One per copy of lib/, as start. `known`: 0 or 1; `signo`: 0 where no signal ended it. */
  startProcesses(onEnded: (id: number, known: number, code: number, signo: number) => void): NativeProcesses;

  /** One per copy of lib/: several may share this object (Jest's registries do). */
  start(
    onBatch: (count: number) => void,
    onOverflow: (signo: number, count: number) => void,
    isMainThread: boolean,
    childrenInheritMask: boolean,
  ): NativeEnvironment;
}

export interface NativeProcesses {
  /** A number for the other functions. */
  open(pid: number): number | Failure;
  send(id: number, signo: number): Failure | undefined;
  queue(id: number, signo: number, bits: bigint): Failure | undefined;
  /** onEnded is called once, if neither unwatch nor close comes first. */
  watch(id: number): Failure | undefined;
  unwatch(id: number): void;
  close(id: number): void;
  /** Keep the event loop alive. */
  setRef(ref: boolean): void;
}

export interface NativeEnvironment {
  buffer: ArrayBuffer;
  /** Pairs of signo and listeners: -1 unknown, 0 none, 1 some. All or nothing. */
  subscribe(pairs: number[]): Failure | undefined;
  /** How many waiting deliveries nobody will be told of. */
  unsubscribe(signo: number): number;
  setRef(ref: boolean): void;
  /** signals: signo, received, coalesced, dropped, signo, ... */
  counters(): { waiting: number; signals: number[] };
}
