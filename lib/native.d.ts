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
  /** By the thread's number: node:worker_threads would say it too, for 2 MiB of memory. */
  isMainThread(): boolean;
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
  /** EBUSY: a subscription stands, or a handler of the runtime's that serves somebody. */
  changeDisposition(signo: number, ignore: boolean): Failure | undefined;
  /** The executable first; its path may be empty. As the dynamic linker names them. */
  loadedLibraries(): { path: string; go: boolean }[];
  /** The signals whose handler harden() would repair now. */
  unhardened(): number[];
  /** A handler stands, and its code is the runtime's own. */
  isRuntimeHandler(signo: number): boolean;
  /** Of the standing subscription, as lib/action-flags.js numbers them; 0 without one. */
  takenFlags(signo: number): number;

  /** Times in ms. `end`: an exit code, -1 by the signal, -2 with 128 + its number. EBUSY: one is open in the process. */
  shutdownOpen(
    timeout: number,
    end: number,
    secondForces: boolean,
    heartbeat: number,
    ...bits: Bits
  ): Failure | undefined;
  shutdownClose(): void;
  /** By hand; how it ends when the time has passed. */
  shutdownStart(signo: number, end: number): void;
  /** What the line at the deadline says of them. JavaScript knows of the shutdown from the first call on. */
  shutdownAt(steps: string): void;
  shutdownBeat(): void;
  /** -1: none has begun. */
  shutdownLeft(): number;

  alarm(seconds: number): number;
  /** Times in us; what stood before, [value, interval]. */
  setitimer(which: number, value: number, interval: number): Failure | [number, number];
  getitimer(which: number): Failure | [number, number];
  timerCreate(signo: number, bits: bigint, clock: number): Failure | NativeTimer;
  timerSet(timer: NativeTimer, value: number, interval: number): Failure | undefined;
  /** Once; the timer is gone afterwards. */
  timerDelete(timer: NativeTimer): void;

  /** `socket`: a path, or '@' and an abstract name; not empty. Waits for room for 0.1 s at most. */
  notify(socket: string, message: string): Failure | undefined;
  /** CLOCK_MONOTONIC in us. */
  monotonicTime(): number;

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
  /** This thread is about to become another program, which must not inherit what we block on it. */
  maskForExec(): void;

  /** `handlersStay`: the runtime never takes a handler of its own away again. */
  setRuntime(handlersStay: boolean, lookForSuspendSignal: boolean, childrenInheritMask: boolean): void;
  suspendSignal(): number;
  /** backend: 0 the runtime's usual, 1 self-pipe, 2 signalfd */
  configure(ringCapacity: number, pipeCapacity: number, backend: number): void;
  /** The runtime has just installed (or taken away) its own handler. */
  listenersChanged(signo: number, live: boolean): void;
  hubStats(): {
    backend: 'self-pipe' | 'signalfd';
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
    bare: number;
  };

  /** Of the process. `dumpSignal`: 0 is none; `listeners`: as for subscribe. EBADF: no such descriptor. */
  traceStart(capacity: number, dumpSignal: number, fd: number, listeners: number): Failure | undefined;
  traceStop(): void;
  /** As text for a person, or as JSON. */
  traceDump(text: boolean): string;

  /** Times in ms; `path` empty: `fd`, of which a copy is kept. */
  healthOpen(
    signos: number[],
    patience: number,
    text: boolean,
    uptime: number,
    fd: number,
    path: string,
  ): Failure | NativeWatch;
  /** `at`: ms since 1970 */
  recovery(): Omit<import('../binding').Recovery, 'lastFailure'> & {
    last: (Failure & { at: number }) | null;
  };
  /** [used, limit] of this user; undefined where nobody tells. */
  signalQueue(): [number, number] | undefined;
  /** Reports written in JavaScript's place since the last time, and those that could not be. */
  healthHeard(watch: NativeWatch): [written: number, failed: number];
  /** Once. */
  healthClose(watch: NativeWatch): void;

  /** Ended children of the main thread, its own and adopted ones: pid, began, pid, began, ... */
  findZombies(): Failure | number[];
  /** undefined: somebody else has waited for it. */
  reap(pid: number): [code: number, signo: number] | undefined;
  /** What it was before. */
  becomeSubreaper(on: boolean): Failure | boolean;

  /** One per copy of lib/, as start. `known`: 0 or 1; `signo`: 0 where no signal ended it. */
  startProcesses(onEnded: (id: number, known: number, code: number, signo: number) => void): NativeProcesses;

  /** One per copy of lib/: several may share this object (Jest's registries do). */
  start(
    onBatch: (count: number) => void,
    onOverflow: (signo: number, count: number) => void,
    /** Handlers of ours had been replaced, and stand again: takeDisplaced() says by whom. */
    onDisplaced: () => void,
    isMainThread: boolean,
    childrenInheritMask: boolean,
    /** Node's: the event loop can watch descriptors for us. */
    hasLoop: boolean,
  ): NativeEnvironment;
}

export type Bits = readonly [number, number, number, number];
/** An External. */
export type NativeWatch = { readonly watch: unique symbol };
export type NativeTimer = { readonly timer: unique symbol };

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
  /**
   * Four each: signo; listeners (-1 unknown, 0 none, 1 some); flags and the flags asked for, as lib/action-flags.js
   * numbers them. All or nothing. EBUSY: one stands with other flags than asked for.
   */
  subscribe(wanted: number[]): Failure | undefined;
  /** How many waiting deliveries nobody will be told of. */
  unsubscribe(signo: number): number;
  /** `cells[i]` counts the i-th signal of `wanted`, which is as for subscribe. A number for closeCounter. */
  openCounter(wanted: number[], cells: Int32Array): Failure | number;
  closeCounter(counter: number): void;
  setRef(ref: boolean): void;
  /** `found` stood in our place. `byStranger`: not the runtime, for its listeners. */
  takeDisplaced(): { signo: number; count: number; byStranger: boolean; found: Disposition }[];

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
  /**
   * signals: signo, received, coalesced, dropped, signo, ... `longestWait`: of records for JavaScript, in the last
   * minute, in ms.
   */
  counters(): { waiting: number; longestWait: number; signals: number[] };
}
