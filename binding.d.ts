/**
 * sigbridge: POSIX signals for Node.js, Bun and Deno.
 *
 * Errors: wrong argument types are a `TypeError` with `code` `ERR_INVALID_ARG_TYPE`, values of the right type that
 * are not allowed a `RangeError` with `ERR_OUT_OF_RANGE`, everything else a {@link SignalError}. On Windows the
 * import works and every call throws `ERR_UNSUPPORTED`.
 */

import { EventEmitter } from 'node:events';
import { ReadableStream } from 'node:stream/web';

import { Worker as NodeWorker } from 'node:worker_threads';

/** `'SIGTERM'`, `'SIGRTMIN+3'`, `'SIGRTMAX-1'`: exactly as POSIX and the platform write it. Aliases (SIGIOT, SIGPOLL, SIGCLD) are taken. */
export type SignalName = 'SIGRTMIN' | 'SIGRTMAX' | `SIG${string}`;

/** A name, or the platform's number for it. Any string is taken by the types, so that one from a configuration needs no cast. */
export type Signal = SignalName | (string & {}) | number;

/** One signal or several; each is taken once. */
export type Signals = Signal | readonly Signal[];

/** One delivery, or several that were merged into one (see `count`). */
export interface SignalInfo {
  /** The platform's name; real-time signals are always `SIGRTMIN` or `SIGRTMIN+n`. */
  readonly name: SignalName;
  readonly number: number;
  /**
   * The cause (`si_code`): `SI_USER` kill(2), `SI_QUEUE` sigqueue(3), `SI_TKILL` a thread-directed kill (Linux),
   * `SI_KERNEL`, `SI_TIMER`, `CLD_EXITED` and its kin for SIGCHLD; the number as text where there is no name.
   * POSIX: signal.h, "Signal Actions".
   */
  readonly code: string;
  /** The sender's process id; 0 where the kernel names none. For SIGCHLD the child's. */
  readonly pid: number;
  /** The sender's real user id; 0 where the kernel names none. */
  readonly uid: number;
  /** The payload of `queue` as int32 (`sival_int`): the low half of {@link valueBits}. 0 without a payload. */
  readonly value: number;
  /** All 64 bits of the payload (`union sigval`), unsigned. A C sender that sets `sival_int` may leave rubbish in the upper half. */
  readonly valueBits: bigint;
  /** SIGCHLD: the exit code, or the number of the signal that ended or stopped the child. 0 otherwise. */
  readonly status: number;
  /**
   * `SI_TIMER`: expirations of the timer that this delivery stands for beyond its own (`timer_getoverrun`). A timer has
   * one signal on its way at a time; what expires meanwhile is counted here. `count + overrun` added up over all infos
   * is the number of expirations, but for those that a full ring has swallowed (`stats().process.overflow`). Infos of
   * timers that are merged have the sum. 0 otherwise.
   */
  readonly overrun: number;
  /**
   * Deliveries that this info stands for, 1 or more. The kernel merges standard signals that are pending, and does
   * not say so; what it hands to us is merged only when a buffer is full, and then counted here.
   */
  readonly count: number;
  /** 1, 2, 3, ... without a gap, in this environment (the main thread or a Worker). */
  readonly sequence: number;
  /**
   * When the handler ran, or the kernel's queue was read ({@link Stats.backend}): nanoseconds of CLOCK_MONOTONIC, the clock
   * of Node's `process.hrtime.bigint()` on Linux.
   */
  readonly timestamp: bigint;
}

export type SignalListener = (info: SignalInfo) => unknown;

export interface SubscribeOptions extends ActionFlags {
  /** Close the subscription before its first delivery reaches the listener. Default false. */
  once?: boolean;
  /** Keep the event loop alive while subscribed. Default false. */
  ref?: boolean;
  /** Closes the subscription when aborted. One that is aborted already: `ERR_SIGNAL_ABORTED`. */
  signal?: AbortSignal;
  /** Take reserved signals too (see {@link reservedSignals}). A fault's handler that returns repeats the fault for ever. Default false. */
  force?: boolean;
  /**
   * Leave out the signals that are ignored at this moment (`nohup`, a shell's `&`), or were before another subscription
   * came. {@link Subscription.signals} has those that were taken: none of them, perhaps. What Node and Deno do to an
   * inherited SIG_IGN at their start: docs/dispositions.md. Default false.
   */
  respectIgnored?: boolean;
}

/**
 * sa_flags of the handler. They are the signal's, not the listener's: the first subscription in the process fixes them,
 * and a later one that asks for something else gets `ERR_SIGNAL_CONFLICT`. What a later one leaves out, it takes as it
 * stands.
 * @see POSIX sigaction()
 */
export interface ActionFlags {
  /** SA_RESTART: system calls that the signal interrupts go on, instead of failing with EINTR. Default true. */
  restart?: boolean;
  /** SA_NOCLDSTOP: no SIGCHLD for children that stop or go on. Only where SIGCHLD is among the signals. Default false. */
  noChildStop?: boolean;
  /**
   * SA_NOCLDWAIT: children leave no zombie and no status behind. `child_process` then waits in vain for how its children
   * ended: see docs/dispositions.md before you use it. Only where SIGCHLD is among the signals. Default false.
   */
  noChildWait?: boolean;
}

/** A listener that stands. Closing is final, and may be done any number of times. */
export interface Subscription {
  /** Names, in the order given; without those that `respectIgnored` left out. */
  readonly signals: SignalName[];
  readonly closed: boolean;
  /**
   * After it returns the listener is not called again; what was on its way is counted as `discarded`, or, where it
   * had not left the ring yet, as `unclaimed` of the process. The last subscription of a signal in the process puts
   * back the disposition that stood before the first, exactly; the last of all ends the wait thread and closes the
   * self-pipe. A signal whose default is to terminate does that again from then on: senders of real-time signals
   * included.
   */
  close(): void;
  /** Keep the event loop alive. Any number of times. On a closed subscription: `ERR_SIGNAL_CLOSED`. */
  ref(): this;
  unref(): this;
  [Symbol.dispose](): void;
}

/**
 * Calls `listener` for each delivery of `signals`, on this thread's event loop: nothing of JavaScript runs in signal
 * context. The signal's default action does not happen while a subscription stands. Other listeners of ours, in this
 * environment or others, and the runtime's own (`process.on`) are told too, each once.
 *
 * A listener that throws causes an `uncaughtException`; no other listener and no later signal is affected.
 *
 * All signals are subscribed or, when an error is thrown, none.
 *
 * @throws ERR_SIGNAL_INVALID no such signal, or an empty array
 * @throws ERR_SIGNAL_UNCATCHABLE SIGKILL, SIGSTOP
 * @throws ERR_SIGNAL_RESERVED see {@link reservedSignals}
 * @throws ERR_SIGNAL_CONFLICT one of the signals is subscribed already, with other flags than these options ask for
 * @throws ERR_OUT_OF_RANGE `noChildStop` or `noChildWait` without SIGCHLD
 * @throws ERR_SIGNAL_ABORTED `options.signal` is aborted already
 * @throws ERR_SIGNAL_SYSTEM no descriptor or no thread to be had: `syscall` is pipe2 or pthread_create
 * @see POSIX sigaction()
 */
export function onSignal(
  signals: Signals,
  listener: SignalListener,
  options?: SubscribeOptions,
): Subscription;

export interface OnceOptions extends ActionFlags {
  /** Rejects with `ERR_SIGNAL_ABORTED`, whose `cause` is the abort's reason. */
  signal?: AbortSignal;
  /** Milliseconds, then it rejects with `ERR_SIGNAL_TIMEOUT`. Default: none. */
  timeout?: number;
  /** Keep the event loop alive while waiting, for the signal or the timeout. Default true: somebody awaits it. */
  ref?: boolean;
  force?: boolean;
}

/** The next delivery of any of `signals`. Subscribed before it returns. Bad arguments reject the promise. */
export function once(signals: Signals, options?: OnceOptions): Promise<SignalInfo>;

export interface StreamOptions {
  /** Deliveries that may wait to be read, 1 or more. Default 1024. */
  capacity?: number;
  /**
   * What happens to one that finds the buffer full. `coalesce` (default): it is merged with the latest of its signal that
   * waits, `count` says so; one of each signal may stand beyond the capacity. `drop-oldest`: the oldest goes, counted in
   * `dropped`. `error`: what waits can still be read, then `next()` rejects with `ERR_SIGNAL_OVERFLOW`.
   */
  overflow?: 'coalesce' | 'drop-oldest' | 'error';
  /** Ends the stream: what waits can still be read, then `next()` rejects with `ERR_SIGNAL_ABORTED`. */
  signal?: AbortSignal;
  force?: boolean;
}

export interface SignalStream extends AsyncIterableIterator<SignalInfo> {
  /** Deliveries that were thrown away for want of room. */
  readonly dropped: number;
  readonly closed: boolean;
  /** Closes the subscription and forgets what waits, as `break` in a `for await` does. */
  return(): Promise<IteratorResult<SignalInfo>>;
  /**
   * For `pipeTo`, `Response` and whatever takes web streams, also where there is no `ReadableStream.from` (Bun 1.2). Nothing is
   * read ahead: what waits, waits here, under `capacity` and `overflow`. `cancel()` closes this stream. It takes the place
   * of `next()`: have one reader.
   */
  toReadableStream(): ReadableStream<SignalInfo>;
  /**
   * For `events.on`, `events.once` and listeners. Each delivery is emitted twice, as `'signal'` and by its name, then comes the
   * next; at the end `'close'`, and before that `'error'`, where an overflow or an abort ended it. It keeps the event loop
   * alive, as any pending `next()`, until this stream is closed. Reading begins a microtask after the call. It takes the
   * place of `next()`: have one reader.
   */
  toEventEmitter(): EventEmitter;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Deliveries one after the other, for a reader that takes its time. Armed when called, not at the first `next()`. While a
 * `next()` is pending it keeps the event loop alive. `ReadableStream.from()` and `Readable.from()` take it as it is.
 * @throws what {@link onSignal} throws; ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE for the options
 */
export function signals(signals: Signals, options?: StreamOptions): SignalStream;

/**
 * An AbortSignal that the first delivery aborts; its `reason` is a SignalError (`ERR_SIGNAL_ABORTED`) with the delivery
 * as `info`. From then on the signal has its old disposition again: a second SIGINT ends the program.
 * @param options.ref keep the event loop alive until then. Default false
 */
export function abortOnSignal(signals: Signals, options?: { ref?: boolean; force?: boolean }): AbortSignal;

/** What a reloader is doing, and what it does last of all: put the old configuration back. */
export type ReloadStep = 'load' | 'validate' | 'apply' | 'rollback';

export interface ReloadContext<Config> {
  /** Aborted when the step has taken longer than `timeout`, or the reloader was closed while it loads or validates. */
  readonly signal: AbortSignal;
  /** The configuration that stands; undefined before the first. */
  readonly current: Config | undefined;
  /** The number that the new one is to have. */
  readonly version: number;
  /** What asked for it first. */
  readonly trigger: SignalName | 'call';
}

export interface ReloaderOptions<Config> {
  /** Signals that ask for a reload. Default SIGHUP. */
  signal?: Signals;
  /** Gives a new configuration. `undefined` is none: the reload fails. */
  load: (context: ReloadContext<Config>) => Config | Promise<Config>;
  /** Refuses a configuration by throwing, or by returning false. */
  validate?: (config: Config, context: ReloadContext<Config>) => unknown;
  /** Puts it to use. Without `rollback` it has to be all or nothing. */
  apply?: (config: Config, context: ReloadContext<Config>) => unknown;
  /** Puts the one before to use again, after `apply` has failed with `context.error`. Not called where there is none. */
  rollback?: (current: Config, context: ReloadContext<Config> & { readonly error: unknown }) => unknown;
  /**
   * Milliseconds of quiet after a signal, before it is acted upon; a storm puts it off ten times as long at most. Default 100.
   */
  debounce?: number;
  /** Milliseconds for each step; then the step has failed (`ERR_SIGNAL_TIMEOUT` as the cause). Default: none. */
  timeout?: number;
  /** Records that {@link ReloaderStatus.history} keeps. Default 20. */
  history?: number;
  /** A configuration that stands already, as version 1. */
  initial?: Config;
  /** Told RELOADING before and READY after each reload, once the service itself has said `ready()`. */
  notify?: Notifier;
  /** Keep the event loop alive until closed. Default false. */
  ref?: boolean;
  force?: boolean;
}

/** Why a configuration was not taken. */
export interface ReloadFailure extends SignalError {
  readonly code: 'ERR_RELOAD_FAILED';
  /** What failed; `cause` is what it threw. */
  readonly step: 'load' | 'validate' | 'apply';
  /** What `rollback` threw. */
  readonly rollbackError?: unknown;
}

/** One reload that has ended. */
export interface ReloadRecord {
  /** The version that stood afterwards. */
  readonly version: number;
  readonly trigger: SignalName | 'call';
  /** Deliveries that this reload answered. */
  readonly signals: number;
  readonly startedAt: Date;
  /** Milliseconds. */
  readonly duration: number;
  /** Where it failed. */
  readonly error?: ReloadFailure;
  /** `rollback` was called: whether it has worked. */
  readonly rolledBack?: boolean;
}

export interface ReloaderStatus<Config> {
  /** `waiting`: a signal has come, and {@link ReloaderOptions.debounce} has not passed yet. */
  state: 'idle' | 'waiting' | 'reloading' | 'closed';
  /** The step in progress. */
  step: ReloadStep | null;
  /** Another reload follows the one in progress. */
  again: boolean;
  /** Of the configuration that stands; 0 before the first. */
  version: number;
  current: Config | undefined;
  appliedAt: Date | undefined;
  /** False after a rollback that failed: nobody knows what is in use. Until a reload or a rollback succeeds. */
  consistent: boolean;
  /** Of the latest reload, where that has failed. */
  lastError: ReloadFailure | undefined;
  /** Oldest first; bounded by {@link ReloaderOptions.history}. */
  history: ReloadRecord[];
}

/**
 * Events: `reloading` ({version, trigger, signals}), `step` ({step, version}), `reloaded` (record), `failed` (error, record). A
 * reload that a signal asked for and that fails with no listener for `failed` is told by a `SIGBRIDGE_RELOAD` warning.
 */
export interface Reloader<Config> extends EventEmitter {
  readonly current: Config | undefined;
  readonly version: number;
  readonly closed: boolean;
  /**
   * Reloads at once, or after the one in progress: then all who ask meanwhile share the next one. Not to be awaited in a
   * step: it would wait for itself.
   * @throws ERR_RELOAD_FAILED the old configuration stands: see {@link ReloadFailure}
   * @throws ERR_SIGNAL_CLOSED closed before, or while it was loading
   */
  reload(): Promise<ReloadRecord>;
  status(): ReloaderStatus<Config>;
  /** No signal is answered from now on. What is being applied or rolled back is let to its end. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * A configuration that a signal has loaded anew: load, validate, apply, one reload at a time. Each signal is followed by a load
 * that begins after it, so the last configuration wins; a storm of them costs a few. A step that throws leaves the old one.
 * Main thread, Workers, cluster workers: whoever made one answers for itself. Loads nothing by itself: call
 * {@link Reloader.reload} for the first.
 * @throws what {@link onSignal} throws; ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE for the options
 */
export function createReloader<Config>(options: ReloaderOptions<Config>): Reloader<Config>;

export interface NotifierOptions {
  /** An absolute path, or `@` and an abstract name. Default: `NOTIFY_SOCKET` of the environment. */
  socket?: string;
  /** Delete NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID from `process.env`, so that children do not have them. Default false. */
  unsetEnvironment?: boolean;
}

/** What the service has said of itself last. */
export type NotifierState = 'starting' | 'ready' | 'reloading' | 'stopping';

/**
 * Each call sends one message and returns true, or false where nobody listens. Of texts only one line is sent: line
 * breaks become spaces.
 * @throws ERR_SIGNAL_SYSTEM `syscall` sendto: `errno` ENOENT or ECONNREFUSED (nobody listens there), EAGAIN (its queue was
 *   full for 0.1 s), ENAMETOOLONG; socket: EMFILE
 */
export interface Notifier {
  /** There is a socket. */
  readonly enabled: boolean;
  readonly state: NotifierState;
  /** Milliseconds within which the manager wants to hear {@link watchdog} (WATCHDOG_USEC); undefined: it does not watch this process. */
  readonly watchdogInterval: number | undefined;
  /** READY=1: it has started, or reloaded. */
  ready(status?: string): boolean;
  /** RELOADING=1, with MONOTONIC_USEC: to be followed by {@link ready}. */
  reloading(status?: string): boolean;
  /** STOPPING=1. */
  stopping(status?: string): boolean;
  /** STATUS=: what `systemctl status` shows. */
  status(text: string): boolean;
  /** EXTEND_TIMEOUT_USEC=: the start, reload or stop that is going on takes so long from now. */
  extendTimeout(ms: number): boolean;
  /** MAINPID=: another process is the service's main one from now on. */
  mainPid(pid: number): boolean;
  /** WATCHDOG=1: all is well. */
  watchdog(): boolean;
  /**
   * Calls {@link watchdog} now and at half of {@link watchdogInterval}, from the event loop: one that is stuck does not, and
   * the manager acts. Does not keep the event loop alive. Failures are warned of (`SIGBRIDGE_NOTIFY`), once until it works again.
   * Without an interval it does nothing.
   */
  keepWatchdog(): WatchdogKeeper;
  /** Any fields, as one message: `{ERRNO: 2}`, `{WATCHDOG: 'trigger'}`. */
  send(fields: Record<string, string | number>): boolean;
}

export interface WatchdogKeeper {
  readonly active: boolean;
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * systemd's notify protocol (`Type=notify`, `Type=notify-reload`, `WatchdogSec=`). Without a socket every call does
 * nothing. Nothing is kept open.
 * @throws ERR_OUT_OF_RANGE a socket that is neither a path nor an abstract name
 * @see sd_notify(3), systemd.service(5)
 */
export function createNotifier(options?: NotifierOptions): Notifier;

export interface SendOptions {
  /** Allow pid 0, every process of this process's group. */
  group?: boolean;
  /** Allow pid -1, every process there is permission for. */
  broadcast?: boolean;
}

/**
 * kill(2). A negative `pid` below -1 is the process group of that number. `signal` 0 sends nothing and tells whether
 * it could. Pid 0 and -1 have to be asked for (`ERR_OUT_OF_RANGE` otherwise).
 * @throws ERR_SIGNAL_SYSTEM `errno` ESRCH (no such process) or EPERM, `syscall` kill
 * @see POSIX kill()
 */
export function send(pid: number, signal: Signal | 0, options?: SendOptions): void;

/**
 * sigqueue(3): real-time signals queue up and keep their order, each with its `value`: a number is an int32, a bigint
 * 64 bits, signed or unsigned.
 * @throws ERR_SIGNAL_SYSTEM `errno` EAGAIN when the receiver's queue is full (RLIMIT_SIGPENDING), ESRCH, EPERM
 * @throws ERR_UNSUPPORTED macOS has no sigqueue
 * @see POSIX sigqueue()
 */
export function queue(pid: number, signal: Signal | 0, value: number | bigint): void;

export interface QueueAsyncOptions {
  /** Rejects with `ERR_SIGNAL_ABORTED`, whose `cause` is the abort's reason: the signal was not sent. */
  signal?: AbortSignal;
  /** Milliseconds, then it rejects with `ERR_SIGNAL_TIMEOUT`: the signal was not sent. Default: none. */
  timeout?: number;
}

/**
 * As {@link queue}, but waits while the receiver's queue is full (EAGAIN): tried again after 1 to 32 ms. Calls for the
 * same process and signal go out in the order in which they were made, also those that had to wait. Keeps the event
 * loop alive. Bad arguments, and any failure but EAGAIN, reject the promise at once.
 *
 * The kernel has no such failure for standard signals: where the queue is full they arrive without their value.
 */
export function queueAsync(
  pid: number,
  signal: Signal | 0,
  value: number | bigint,
  options?: QueueAsyncOptions,
): Promise<void>;

export interface SendToThreadOptions {
  /** The process that the thread belongs to. Default: this one. */
  pid?: number;
  /** A payload, as {@link queue} has it. Linux only. Default: none. */
  value?: number | bigint;
}

/**
 * tgkill(2): to the thread with the system's number `tid` (`/proc/PID/task`; the first thread's is the process's pid; not
 * a Worker's `threadId`). With a `value` rt_tgsigqueueinfo(2), and the receiver sees `SI_QUEUE`. `signal` 0 probes. What a
 * signal does, it does to the whole process all the same.
 *
 * A real-time signal that is subscribed in this process, sent to a thread that blocks it only for our sake, is taken by
 * the thread that takes it for all: it reaches its listeners as any other.
 *
 * @throws ERR_SIGNAL_SYSTEM `errno` ESRCH (no such thread in that process), EPERM, or EAGAIN (real-time signals, a full
 *   queue); `syscall` tgkill, rt_tgsigqueueinfo, or thr_kill2 (FreeBSD)
 * @throws ERR_UNSUPPORTED macOS; FreeBSD with a `value`
 * @see POSIX pthread_kill()
 */
export function sendToThread(tid: number, signal: Signal | 0, options?: SendToThreadOptions): void;

/** What is known of a process that has ended. */
export interface ProcessEnd {
  readonly pid: number;
  /** Its exit code; null when a signal ended it; undefined when nobody could tell. */
  readonly code: number | null | undefined;
  /** The signal that ended it; null when none did; undefined when nobody could tell. */
  readonly signal: SignalName | null | undefined;
}

/** A process, held so that its number cannot come to mean another one. Closing may be done any number of times. */
export interface ProcessHandle {
  readonly pid: number;
  readonly closed: boolean;
  /**
   * As {@link send}, to exactly this process; 0 probes.
   * @throws ERR_SIGNAL_CLOSED
   * @throws ERR_SIGNAL_SYSTEM `errno` ESRCH when it has ended and its parent has waited for it, EPERM; `syscall`
   *   pidfd_send_signal
   */
  send(signal: Signal | 0): void;
  /**
   * As {@link queue}, to exactly this process.
   * @throws ERR_SIGNAL_CLOSED
   * @throws ERR_SIGNAL_SYSTEM `errno` EAGAIN when its queue is full (RLIMIT_SIGPENDING), ESRCH, EPERM
   */
  queue(signal: Signal | 0, value: number | bigint): void;
  /**
   * Resolves when the process has ended, at once if it has already; nothing is reaped. How it ended is known for a child
   * of this process that nobody has waited for yet, and from Linux 6.15 on for every process that has been waited for;
   * otherwise `code` and `signal` are undefined. The same promise each time; nothing is watched before it is first asked
   * for. While it is pending it keeps the event loop alive (see {@link OpenProcessOptions.ref}) and the handle from
   * being collected. Rejects with `ERR_SIGNAL_CLOSED` when the handle is closed before, with `ERR_SIGNAL_SYSTEM` where
   * no thread or descriptor can be had for watching.
   */
  readonly exited: Promise<ProcessEnd>;
  /** Closes the descriptor. Use of `send` and `queue` from then on: `ERR_SIGNAL_CLOSED`. */
  close(): void;
  [Symbol.dispose](): void;
}

export interface OpenProcessOptions {
  /** A pending {@link ProcessHandle.exited} keeps the event loop alive. Default true: somebody awaits it. */
  ref?: boolean;
}

/**
 * pidfd_open(2): a descriptor of the process (close-on-exec), so that a signal never reaches another process that got the
 * same number later. A child can be opened without any race as long as it has not been waited for. A handle that is
 * dropped without `close()` closes when it is collected.
 * @throws ERR_SIGNAL_SYSTEM `errno` ESRCH (no such process), EINVAL or ENOENT (a thread that is not the first of its
 *   process), EMFILE; `syscall` pidfd_open
 * @throws ERR_UNSUPPORTED macOS, FreeBSD, Linux before 5.3
 */
export function openProcess(pid: number, options?: OpenProcessOptions): ProcessHandle;

/** raise(3): to the calling thread. A subscribed signal reaches its listeners later, on the event loop. */
export function raise(signal: Signal): void;

/** Which threads a mask is for: the calling one, or every thread of the process. */
export interface MaskOptions {
  /**
   * `'process'` reaches the other threads too, and threads that are born later inherit it; Linux only. Default `'thread'`.
   *
   * Threads that block SIGURG at that moment cannot be reached: this package's own, and those that were started with
   * everything blocked ({@link Worker}, {@link guard}, `sigbridge/masked_thread.h`). Bun's event loop opens every signal
   * while it waits, so there it holds as long as every JavaScript thread runs. In Bun and Deno children inherit it. A thread
   * that stands in a {@link criticalSection} may have its old mask again when that ends.
   */
  scope?: 'thread' | 'process';
}

/**
 * POSIX's mask of one thread: the calling one, the main thread or a Worker. A blocked signal that is sent to this thread
 * stays pending; one that is sent to the process goes to any other thread that has it open, and to its listeners or its
 * default action. To keep signals away from a piece of code use {@link criticalSection}.
 *
 * A new Worker inherits the mask of the thread that makes it. In Bun and Deno children do, too; in Node they start with an
 * empty one. Bun's event loop opens every signal while it waits: there a mask holds until your code returns to it.
 * Real-time signals that this package blocks on the thread while they are subscribed (so that one thread alone takes
 * them) are not shown, and stay blocked whatever is set.
 *
 * Signals may be an empty array. Names come back, lowest number first.
 */
export interface MaskControl {
  /** What the thread blocks. @see POSIX pthread_sigmask() */
  current(): SignalName[];
  /**
   * Adds `signals` to the mask.
   * @returns the mask before, this thread's
   * @throws ERR_SIGNAL_INVALID no such signal
   * @throws ERR_SIGNAL_UNCATCHABLE SIGKILL, SIGSTOP
   * @throws ERR_SIGNAL_RESERVED see {@link reservedSignals}; with `scope: 'process'` SIGURG too: it reaches the others
   * @throws ERR_SIGNAL_SYSTEM `scope: 'process'`: a thread did not answer within a second (`errno` ETIMEDOUT); the others have the mask
   * @throws ERR_UNSUPPORTED `scope: 'process'` outside Linux
   * @see POSIX pthread_sigmask(), SIG_BLOCK
   */
  block(signals: Signals, options?: MaskOptions): SignalName[];
  /**
   * Takes `signals` out of the mask; those that are not in it do not matter. What was pending for this thread is
   * delivered before it returns; listeners are called later, on the event loop. Throws and returns as {@link block}.
   * @see POSIX pthread_sigmask(), SIG_UNBLOCK
   */
  unblock(signals: Signals, options?: MaskOptions): SignalName[];
  /**
   * Makes `signals` the mask. For the whole process this opens, too, what the runtime's own threads had blocked: block and
   * unblock are kinder. Throws and returns as {@link block}.
   * @see POSIX pthread_sigmask(), SIG_SETMASK
   */
  set(signals: Signals, options?: MaskOptions): SignalName[];
  /**
   * Saves the mask, and blocks `signals` too. One system call.
   * @returns the depth of the stack, 1 or more, for {@link pop}
   * @throws ERR_MASK_OVERFLOW 16 stand already (this thread's)
   */
  push(signals: Signals): number;
  /**
   * The mask as it was before the latest push.
   * @param depth what that push returned: a pop in the wrong order is found out
   * @throws ERR_MASK_UNDERFLOW nothing is pushed, `depth` is not the latest, or the push belongs outside of the critical section
   */
  pop(depth?: number): void;
  /** Pushes that stand, on this thread. */
  readonly depth: number;
}

export const mask: MaskControl;

/** Names of all that is pending, lowest number first, and where. */
export type PendingSignals = SignalName[] & {
  /** Sent to this thread, and blocked by it. */
  readonly thread: SignalName[];
  /** Sent to the process, and blocked by all threads. Outside Linux the thread's are here as well. */
  readonly process: SignalName[];
  /** Taken by this package, for a critical section or a wait that stands. */
  readonly held: SignalName[];
};

/** Signals that were sent, and are not delivered yet. @see POSIX sigpending() */
export function pending(): PendingSignals;

/**
 * Runs `fn`, and nobody in the process is told of `signals` until it returns or throws: no listener, here or in a Worker,
 * no handler of another library, no default action. What came in the meantime is then delivered, in the order it came, to
 * those that are subscribed by then; a signal that nobody subscribed to is sent again, so that the handler that stands or
 * the default action has it: a SIGTERM may end the process at the end of the section. Ignored signals stay ignored.
 *
 * Sections may be nested, and entered by several threads at once: the last that ends lets go. The thread's mask and its
 * stack are as before, whatever `fn` did to them. In Node the signals are blocked on the calling thread as well; Workers
 * that `fn` starts there inherit that. A Worker that is terminated (but in Deno), or exits, inside lets go; what is held when the
 * process exits ends with it. Children do not inherit anything.
 *
 * @param fn synchronous; it may wait ({@link waitFor}), subscribe and close
 * @returns what `fn` returns
 * @throws what `fn` throws
 * @throws ERR_INVALID_ARG_TYPE `fn` is no function, is asynchronous, or has returned a promise
 * @throws ERR_SIGNAL_INVALID no such signal, or an empty array
 * @throws ERR_SIGNAL_UNCATCHABLE SIGKILL, SIGSTOP
 * @throws ERR_SIGNAL_RESERVED see {@link reservedSignals}
 * @throws ERR_MASK_OVERFLOW `fn` left a `mask.push()` open; the mask is put right
 * @throws ERR_SIGNAL_SYSTEM no descriptor or no thread to be had
 * @see POSIX sigprocmask(), "Rationale"
 */
export function criticalSection<T>(signals: Signals, fn: () => T): T;

export interface WaitOptions {
  /** Milliseconds, fractions too; 0 takes only what is there. Default: for ever. */
  timeout?: number;
}

/**
 * Stands still until one of `signals` is there, takes it, and tells nobody else: as sigtimedwait(). What is held or pending
 * comes first: standard signals, the oldest first, then real-time ones, the lowest number first. Other signals do not cut
 * it short; their listeners are called afterwards. null: none came in time.
 *
 * The signals are held for the whole process while it waits, as in {@link criticalSection}; in between they are not:
 * enclose several waits, or asking and waiting, in a critical section, or block the signals for the process
 * ({@link MaskOptions}). Real-time signals that this package keeps blocked on this thread are taken when they were sent to
 * the process, not when they were sent to this thread alone. The runtime's own handler of SIGCHLD is told of one that a wait
 * takes, so that `child_process` goes on working: in Node that tells `process.on('SIGCHLD')` too.
 *
 * Nothing else of this thread runs meanwhile, timers and promises included: a Worker is the place to wait in. One that
 * waits ends within 0.2 s of `terminate()` (not in Deno, which ends no busy Worker) or of the process's exit.
 *
 * @throws ERR_SIGNAL_INVALID no such signal, or an empty array
 * @throws ERR_SIGNAL_UNCATCHABLE SIGKILL, SIGSTOP
 * @throws ERR_SIGNAL_RESERVED see {@link reservedSignals}
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE `timeout` is not from 0 to 2147483647
 * @throws ERR_SIGNAL_SYSTEM no descriptor or no thread to be had
 * @see POSIX sigtimedwait()
 */
export function waitFor(signals: Signals, options?: WaitOptions): SignalInfo | null;

/** `waitFor(signals, {timeout: 0})`: one that is held or pending, or null. @see POSIX sigtimedwait() */
export function poll(signals: Signals): SignalInfo | null;

/**
 * Acts out the default action of `signal`, whoever handles it and whatever this thread blocks, on any thread. Terminate
 * and core: the parent sees the signal (`WIFSIGNALED`), with a core file where RLIMIT_CORE allows one. Stop: the parent
 * sees that (`WIFSTOPPED`), and after SIGCONT the process ends with 128 + the signal's number. Where the signal does not
 * end the process (its default is to be ignored or to continue, or this is PID 1 of its namespace): the same exit code.
 *
 * Neither 'exit' listeners nor cleanup run, and nothing is flushed: what `process.stdout` could not hand to a full pipe,
 * or a Worker to its main thread, is lost, as with `process.exit`. `process.stdout.write(text, () => exitBySignal(s))`.
 * @see POSIX abort(), wait()
 */
export function exitBySignal(signal: Signal): never;

/** Milliseconds; fractions down to a microsecond are kept. From 0 to 2147483647000. */
export interface TimerTimes {
  /** Until the first expiration. */
  value: number;
  /** Between those that follow. 0, the default: there are none. */
  interval?: number;
}

/**
 * alarm(2): SIGALRM to this process in so many whole seconds; 0 only cancels. It is one timer with
 * `setitimer('real')`, and the process has one of it. Without a subscription to SIGALRM it ends the process: that is
 * POSIX.
 * @param seconds from 0 to 2147483647
 * @returns the seconds that were left of the alarm before, 0 without one. Linux rounds to the nearest second, and up to 1
 * @throws ERR_OUT_OF_RANGE a fraction, a negative number, NaN
 * @see POSIX alarm()
 */
export function alarm(seconds: number): number;

/** `'real'` is time on the clock (SIGALRM), `'virtual'` CPU time in user code (SIGVTALRM), `'prof'` all CPU time (SIGPROF). */
export type IntervalTimer = 'real' | 'virtual' | 'prof';

/**
 * setitimer(2): `value` milliseconds from now, then every `interval`, the timer's signal; a `value` of 0 stops it. The
 * CPU time is that of all threads, Workers and the runtime's own included, and is looked at by the kernel's tick (some
 * milliseconds). Signals without a subscription end the process. POSIX has dropped this call in 2024 in favour of
 * {@link createTimer}; systems have it. Children start without it.
 * @returns what was left, and the interval, of the setting before
 * @throws ERR_INVALID_ARG_TYPE
 * @throws ERR_OUT_OF_RANGE no such timer; negative, NaN, or too long
 */
export function setitimer(which: IntervalTimer, times: TimerTimes): Required<TimerTimes>;

/** getitimer(2): what is left until the next expiration, 0 when it is stopped, and the interval. */
export function getitimer(which: IntervalTimer): Required<TimerTimes>;

/**
 * `'monotonic'` never jumps and stands still while the machine sleeps; `'realtime'` is the wall clock; `'boottime'`
 * (Linux) goes on in sleep; `'cpu'` is the CPU time of this process.
 */
export type TimerClock = 'monotonic' | 'realtime' | 'boottime' | 'cpu';

export interface CreateTimerOptions {
  /** Sent to this process. Any signal, SIGKILL for a hard deadline too. Default SIGALRM. */
  signal?: Signal;
  /** What comes along, as in {@link queue}: a number is an int32, a bigint 64 bits. Default 0. */
  value?: number | bigint;
  /** Default `'monotonic'`. */
  clock?: TimerClock;
}

/**
 * A timer that {@link createTimer} made. It lives until it is closed or its environment (the main thread or a Worker)
 * ends, whether anybody refers to it or not. It does not keep the event loop alive: its subscription may.
 */
export interface PosixTimer {
  readonly closed: boolean;
  /**
   * Starts it, anew when it runs. A signal nobody subscribed to does its default action, which for most is to end the
   * process.
   * @throws ERR_OUT_OF_RANGE `value` is 0 (that would stop it), negative, NaN or too long
   * @throws ERR_SIGNAL_CLOSED
   */
  start(times: TimerTimes): this;
  /** A signal that is on its way may still come. @throws ERR_SIGNAL_CLOSED */
  stop(): this;
  /** Deletes it. Any number of times. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * timer_create(2): a timer that sends a signal with a payload, and tells how often it expired unnoticed
 * ({@link SignalInfo.overrun}). Unlike `setTimeout` it fires while JavaScript is busy: a {@link counter} sees it.
 * Children start without it.
 * @throws ERR_SIGNAL_INVALID
 * @throws ERR_OUT_OF_RANGE no such clock, or a value that is too large
 * @throws ERR_SIGNAL_SYSTEM `errno` EAGAIN: RLIMIT_SIGPENDING is used up
 * @throws ERR_UNSUPPORTED macOS has no such timers; this system has none for the clock
 * @see POSIX timer_create(), timer_settime()
 */
export function createTimer(options?: CreateTimerOptions): PosixTimer;

export interface CounterOptions {
  /** Closes the counter when aborted. One that is aborted already: `ERR_SIGNAL_ABORTED`. */
  signal?: AbortSignal;
  /** Take reserved signals too. Default false. */
  force?: boolean;
}

/** Its own properties are not enumerable; a structured clone (`postMessage`) is a plain `Int32Array` on the same memory. */
export interface Counter extends Int32Array {
  /** Names, in the order of the cells. */
  readonly signals: SignalName[];
  readonly closed: boolean;
  /**
   * Ends the subscription, as {@link Subscription.close} does. Afterwards nothing is counted; the cells keep what they
   * have. Any number of times.
   */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Counts deliveries in shared memory, one cell a signal in the order given (each signal is taken once). The counting is
 * done by a thread of ours, so that code which does not return to the event loop can look with `Atomics.load(counter,
 * 0)`, and so can a Worker the array was posted to. `Atomics.wait` is not woken: native code cannot do that; look now
 * and then.
 *
 * It is a subscription: the default action does not happen while it stands, `onSignal` and `process.on` listeners are
 * told as ever. It keeps no event loop alive. It ends with `close()` or with its environment, not when it is collected.
 *
 * Counted is what `count` adds up to, real-time deliveries that were dropped for want of room included; not a timer's
 * overruns. A cell is an int32: after 2147483647 it goes on from -2147483648, `>>> 0` reads it as unsigned.
 *
 * While a counter stands, real-time signals are taken whether JavaScript keeps up or not: what a listener's queue has
 * no room for is dropped, and counted in `stats()`, where it would else have been left with the kernel.
 *
 * @throws ERR_SIGNAL_INVALID, ERR_SIGNAL_UNCATCHABLE, ERR_SIGNAL_RESERVED, ERR_SIGNAL_ABORTED, ERR_SIGNAL_SYSTEM as {@link onSignal}
 */
export function counter(signals: Signals, options?: CounterOptions): Counter;

/** What a step is called with. */
export interface ShutdownContext {
  /** Aborted when the step's own timeout passes. */
  readonly signal: AbortSignal;
  /** The delivery that began it; undefined when it was begun by hand. */
  readonly info: SignalInfo | undefined;
  /** The same delivery, or what {@link Shutdown.start} was given. */
  readonly reason: unknown;
  /** Milliseconds until the process ends. */
  remaining(): number;
}

export interface StepOptions {
  /**
   * Phases run one after the other, lowest number first; the steps of one phase run at once. A name stands for its place
   * in {@link ShutdownOptions.phases}; without that option names are numbered 0, 1, 2, ... as they are first used.
   * Default 0.
   */
  phase?: number | string;
  /** Milliseconds, more than 0; then its `signal` is aborted, it counts as late, and the others go on. Default: none. */
  timeout?: number;
}

export interface NamedStepOptions extends StepOptions {
  /** Default: `server`, `server 2`, ...; `child`, `child 2`, ... */
  name?: string;
}

export interface ChildStepOptions {
  name?: string;
  phase?: number | string;
  /**
   * Sent to the child. Default: the signal that began the shutdown, or SIGTERM; and nothing when the terminal sent that
   * one (Ctrl-C), for it sends it to the children as well.
   */
  signal?: Signal;
  /** Milliseconds until SIGKILL. Default: half of what remains, 5000 at most. */
  timeout?: number;
}

/** What became of a step. `late`: its timeout passed. */
export interface ShutdownStep {
  readonly name: string;
  readonly phase: number | string;
  readonly state: 'running' | 'done' | 'failed' | 'late';
  /** Milliseconds since it was called. */
  readonly duration: number;
  readonly error?: unknown;
}

export interface ShutdownOptions {
  /**
   * Those that begin it; an empty array: it is begun by hand alone. SIGHUP is left out where it is ignored (`nohup`).
   * Default SIGTERM and SIGINT.
   */
  signals?: Signals;
  /**
   * Milliseconds from the moment the first signal came to the moment the process ends, whatever JavaScript does then.
   * Default 9000: a second less than `docker stop` waits.
   */
  timeout?: number;
  /**
   * What another of the signals does meanwhile: `force` (default) ends the process at once, stuck or not; `ignore`
   * nothing; a function is called with it. The deadline stands in any case. A process's SIGINT within half a second of the
   * terminal's own is that one, passed on (npm does), and no second one.
   */
  secondSignal?: 'force' | 'ignore' | ((info: SignalInfo) => unknown);
  /**
   * How the process ends. `signal` (default): by the signal that began it, so that the parent sees that; with 128 + its
   * number where no signal can end it (PID 1). `code`: always with 128 + its number. A number: with that code.
   */
  exit?: 'signal' | 'code' | number;
  /** Names of phases, in their order; then no other name is taken. */
  phases?: readonly string[];
  /**
   * Milliseconds: an event loop that has not turned for so long is reported, by a line on standard error while it is
   * stuck, by the event `stuck` when it turns again. Default: not watched before the shutdown.
   */
  heartbeat?: number;
  /** An uncaught exception is told on standard error and begins the shutdown, which ends with code 1. Default false. */
  uncaughtException?: boolean;
  /** The same for an unhandled rejection. Default false. */
  unhandledRejection?: boolean;
  /**
   * Told STOPPING at the beginning, and asked for the time until the deadline and a second more (EXTEND_TIMEOUT_USEC). A
   * message that cannot be sent is a `SIGBRIDGE_NOTIFY` warning.
   */
  notify?: Notifier;
}

export interface ShutdownEvents {
  /** Before the first step. */
  start: { reason: unknown; info: SignalInfo | undefined; remaining: number };
  /** Before a step is called, and when it is over. */
  step: ShutdownStep;
  /** Another signal; with `force` the process ends in this moment. */
  second: SignalInfo;
  /** The event loop turns again; for how many ms it did not ({@link ShutdownOptions.heartbeat}). */
  stuck: { duration: number };
  /** After the last step, before the 'exit' listeners of the process. */
  end: { remaining: number };
}

/** An EventEmitter; a listener that throws is told on standard error, and disturbs nothing. */
export interface Shutdown extends EventEmitter {
  /** `running`, then `stopping`, then `stopped` while the process ends; or `closed`. */
  readonly state: 'running' | 'stopping' | 'stopped' | 'closed';
  /** For a readiness probe: false from the beginning of the shutdown on. */
  readonly ready: boolean;
  /** Aborted at the beginning; its reason is a SignalError (`ERR_SIGNAL_ABORTED`) with the delivery as `info` and the reason as `cause`. */
  readonly signal: AbortSignal;
  /** Names of the signals that begin it. */
  readonly signals: SignalName[];
  /** Milliseconds until the process ends; null before the beginning. */
  readonly remaining: number | null;

  /**
   * One step. It may be added while the shutdown runs, to a phase that is not over.
   * @param name one of its own: the line at the deadline names it
   * @throws ERR_OUT_OF_RANGE the name is taken or empty, no such phase, a timeout that is not above 0
   * @throws ERR_SIGNAL_CLOSED its phase is over, or the shutdown is, or it was closed
   */
  add(name: string, fn: (context: ShutdownContext) => unknown, options?: StepOptions): this;
  /**
   * A step that stops a server: no new connection, requests under way are answered (`Connection: close`), idle and
   * upgraded connections are ended. Of `node:http`, `https`, `http2` and `net`, `Bun.serve`, `Deno.serve`. Call it where
   * you create the server: requests that came before are not known. Phase -1 unless told otherwise.
   * @throws as {@link add}; ERR_INVALID_ARG_TYPE it is no such server
   */
  server(server: object, options?: NamedStepOptions): this;
  /**
   * A step that passes the signal on to a child, waits for its end, and sends SIGKILL when that takes too long. Of
   * `node:child_process`, `cluster`, `Bun.spawn`, `Deno.Command`, and {@link openProcess}.
   * @throws as {@link add}; ERR_INVALID_ARG_TYPE it is no such child
   */
  child(child: object, options?: ChildStepOptions): this;
  /**
   * Begins it by hand, once; later calls do nothing. It ends by the signal that `reason` names (a name, or a SignalInfo);
   * else with code 1 where `reason` is an Error, with code 0 where not, or with the code of `options.exit`. Out of time it
   * is never code 0.
   * @throws ERR_SIGNAL_CLOSED
   */
  start(reason?: unknown): void;
  /** Gives the signals back. Once it has begun it cannot be called off: then this does nothing. Any number of times. */
  close(): void;
  [Symbol.dispose](): void;

  on<Name extends keyof ShutdownEvents>(event: Name, listener: (data: ShutdownEvents[Name]) => void): this;
  once<Name extends keyof ShutdownEvents>(event: Name, listener: (data: ShutdownEvents[Name]) => void): this;
  off<Name extends keyof ShutdownEvents>(event: Name, listener: (data: ShutdownEvents[Name]) => void): this;
}

/**
 * The orderly end of this process, on time. The first of the signals begins it: steps run phase by phase, then the
 * process ends so that its parent sees the signal. The deadline is kept by a thread of ours from the moment the signal
 * comes: in `while (true) {}`, in a blocking call, during a collection, in an 'exit' listener that hangs. When it passes,
 * one line on standard error tells which steps were not finished or for how long the event loop was stuck.
 *
 * Steps that fail or are late are told on standard error, and change nothing about the end; neither does a step that
 * calls `process.exit()`, but that the steps after it are left out. `docs/shutdown.md` has the whole of it.
 *
 * One may be open in a process, in its main thread.
 *
 * @throws ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE for the options
 * @throws ERR_SIGNAL_CONFLICT another one is open
 * @throws ERR_UNSUPPORTED in a Worker
 * @throws what {@link onSignal} throws
 */
export function createShutdown(options?: ShutdownOptions): Shutdown;

/** The platform's number of a signal. @throws ERR_SIGNAL_INVALID */
export function signalNumber(signal: Signal): number;
/** The name of a number, or an alias's proper name. @throws ERR_SIGNAL_INVALID */
export function signalName(signal: Signal): SignalName;
/** What strsignal(3) says, in the process's locale. */
export function describeSignal(signal: Signal): string;
/** False for SIGKILL and SIGSTOP. @throws ERR_SIGNAL_INVALID */
export function isCatchable(signal: Signal): boolean;
/** Every signal a program may name here, lowest number first. Those that libc keeps (32 and 33 in glibc) are not among them. */
export function validSignals(): SignalName[];
/**
 * What {@link onSignal} refuses without `force`: the synchronous faults, and in Bun the signal that JavaScriptCore
 * suspends its threads with.
 */
export function reservedSignals(): SignalName[];

/** `core` terminates too, and leaves a core file where the limits allow it. */
export type DefaultAction = 'terminate' | 'core' | 'stop' | 'continue' | 'ignore';

/**
 * What `signal` does to a process that has not said otherwise. Real-time signals terminate.
 * @throws ERR_SIGNAL_INVALID
 * @see POSIX signal.h, "Signal Actions"
 */
export function defaultAction(signal: Signal): DefaultAction;
/** 128 + its number: what a shell reports for a program that `signal` has ended. @throws ERR_SIGNAL_INVALID */
export function exitCode(signal: Signal): number;
/**
 * The signal that an exit code from a shell stands for (129 and up); null for any other. A program may exit with such a
 * code of its own accord.
 * @param code 0 to 255
 */
export function signalFromExitCode(code: number): SignalName | null;

/** Names by purpose, lowest number first; each array is made when it is first looked at. */
export const signalGroups: {
  /** Ask a program to end, and let it clean up: SIGHUP, SIGINT, SIGQUIT, SIGTERM. */
  readonly terminating: readonly SignalName[];
  /** Stop and continue: SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT. */
  readonly jobControl: readonly SignalName[];
  /** SIGRTMIN to SIGRTMAX; empty on macOS. */
  readonly realTime: readonly SignalName[];
  /** Raised by what a thread does itself: the faults of {@link reservedSignals}. */
  readonly faults: readonly SignalName[];
};

export interface Disposition {
  kind: 'default' | 'ignore' | 'handler';
  /** `SA_RESTART` and the like. */
  flags: string[];
  /** The file that holds the handler's code; null without a handler. */
  library: string | null;
  /** The nearest exported name, as the linker has it; null when there is none. */
  symbol: string | null;
  /** The handler is this package's. */
  ours: boolean;
  /** What stands again when our handler goes: the last subscription's close(). Null where the handler is not ours; never nested. */
  beneath: Disposition | null;
}

/**
 * What the process does on `signal` now, read from the kernel. `library` and `symbol` are the dynamic linker's answer
 * for the handler's address: null for code that no object file has (a JIT's, an FFI's callback), and `symbol` also for
 * handlers that are not exported, as most are. Native code may have changed it by the time you look at the answer.
 * @see POSIX sigaction()
 */
export function disposition(signal: Signal): Disposition;

export interface DisplacedInfo {
  signal: SignalName;
  number: number;
  /** Who stood in our handler's place, as {@link disposition} says it. */
  kind: 'default' | 'ignore' | 'handler';
  flags: string[];
  library: string | null;
  symbol: string | null;
  /** 1 or more: how often since the last call of the listener, which is told of the latest. */
  count: number;
}

/** Told when somebody had replaced a handler of ours. */
export interface DisplacedListener {
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Native code that calls sigaction (an addon, an FFI library, a crash reporter) may replace our handler. It is found at
 * the wait thread's next look (within 25 ms in the first five seconds after the first subscription, then within one
 * second; at once where process.on of the signal comes or goes, in Bun when that turn ends): our handler takes its place again, and what stood
 * there is called at each delivery, if it is a handler. `listener` is told afterwards, on the thread of this
 * environment (main or Worker), where that has a subscription to the signal. What came before the look reached the
 * other handler alone.
 *
 * The runtime's own coming and going, with `process.on` and children, is counted in `stats().displaced`, not told. The
 * listener keeps nothing alive, and subscribes to nothing. An exception of it reaches `uncaughtException`.
 * @throws TypeError (ERR_INVALID_ARG_TYPE)
 * @see POSIX sigaction()
 */
export function onDisplaced(listener: (info: DisplacedInfo) => unknown): DisplacedListener;

export interface DispositionOptions {
  /** Change a synchronous fault's too (see {@link reservedSignals}); never the signal the runtime suspends its threads with. */
  force?: boolean;
}

/**
 * SIG_IGN: the kernel throws `signal` away from now on; what is pending of it, too. Nothing puts this back, neither
 * {@link Subscription.close} nor the end of the program. Children of native code (`fork`, `exec`) inherit it, and those of
 * Deno; Bun gives its children all defaults, Node those of signals 1 to 31.
 *
 * A later subscription takes the signal as always, and gives it back ignored. A later `process.on` replaces SIG_IGN in
 * Node and Bun; in Deno it does not always (docs/dispositions.md).
 *
 * @throws ERR_SIGNAL_UNCATCHABLE SIGKILL, SIGSTOP
 * @throws ERR_SIGNAL_RESERVED a synchronous fault without `force`, or the runtime's suspend signal
 * @throws ERR_SIGNAL_CONFLICT a subscription stands in this process, `process.on` listeners of this (main) thread, or a
 *   handler with which the runtime serves its listeners or child processes
 * @see POSIX sigaction()
 */
export function ignore(signal: Signal, options?: DispositionOptions): void;

/**
 * SIG_DFL: the signal's default action from now on, as {@link ignore} in everything else. In Node it also removes the
 * runtime's own way to end by SIGINT and SIGTERM, which restores the terminal first, and SIGUSR1's inspector.
 * @throws as {@link ignore}
 */
export function restoreDefault(signal: Signal, options?: DispositionOptions): void;

/** What a guarded load brought into the process. */
export interface LoadReport {
  /** A Go runtime is in one of the libraries. */
  go: boolean;
  /** Objects that were not mapped before. All are pinned: they stay for the life of the process. */
  libraries: { path: string; go: boolean }[];
  /** Threads that were not there before, each with the signals it blocks (Linux; elsewhere empty). */
  threads: { tid: number; name: string; blocked: SignalName[] }[];
  /** Handlers that the load changed. `putBack`: the runtime's suspend handler, which stands as before again. */
  handlers: { signal: SignalName; before: Disposition; after: Disposition; putBack: boolean }[];
}

export interface GuardOptions {
  /** Call {@link harden} when a Go runtime came with the load. Default true: a blocked load alone is not enough. */
  harden?: boolean;
}

/**
 * Runs `fn`, any synchronous load of native code (`require`, an FFI `dlopen`), with every signal blocked on this thread
 * but the synchronous faults and the runtime's own suspend signal: the threads that the library starts inherit that, so
 * signals sent to the process never land on them. Afterwards the runtime's suspend handler stands as before, what was
 * loaded is pinned, and the thread's mask is what it was, also when `fn` throws. Calls may be nested.
 *
 * Libraries that start their runtime on first use have to be used once inside of `fn`. In Bun and Deno a child spawned
 * inside of `fn` inherits the blocked mask.
 *
 * @returns what `fn` returns
 * @throws ERR_INVALID_ARG_TYPE `fn` is not a function, or is asynchronous
 * @see golang/go os/signal, "Non-Go programs that call Go code"
 */
export const guard: {
  <T>(fn: () => T, options?: GuardOptions): T;
  /** The report of the guard that ended last in this environment. */
  readonly lastReport: LoadReport | undefined;
};

/**
 * `require()` of a native addon, or of a package that loads one, under {@link guard}.
 * @param pathOrSpecifier a file, or what `require()` takes
 * @param options.from where to resolve it from: a file name, a `file:` URL, `import.meta.url`. Default: the working directory
 * @throws ERR_ADDON_LOAD it cannot be found or loaded: the message says why, `cause` has the original error
 */
export function loadAddon<Exports = unknown>(
  pathOrSpecifier: string,
  options?: GuardOptions & { from?: string | URL },
): Exports;

/** What {@link harden} gives. */
export interface Hardening {
  /** Signals whose handlers were repaired by this call. */
  repaired: SignalName[];
  /**
   * Ends it. When the last is undone, repaired handlers that still stand are as they were before.
   * @throws ERR_SIGNAL_CLOSED the second time
   */
  undo(): void;
}

/**
 * Makes handlers survive the interruption of a goroutine: `SA_ONSTACK`, so that they leave its small stack, and a full
 * `sa_mask`, so that they do not nest on a small alternate stack, for every handler that stands and every one that
 * comes later through `process.on` or a subscription. Never for the signal that the runtime suspends its threads with.
 * Later addon loads are guarded (`process.dlopen`; the `.node` extension in Deno). Libraries loaded by an FFI, and native
 * code that calls sigaction later, cannot be seen from JavaScript: see `sigbridge run`.
 *
 * May be called any number of times. `import 'sigbridge/harden'` and `node -r sigbridge/harden` do it in one line.
 */
export function harden(): Hardening;

/**
 * `worker_threads.Worker` whose thread, and what it starts, begins with every signal blocked but the synchronous faults
 * and the runtime's suspend signal. Same options, same events. In Bun and Deno children that such a Worker spawns
 * inherit the mask.
 */
export class Worker extends NodeWorker {}

/** The folder for C and C++: `#include <sigbridge/masked_thread.h>`. */
export const include: string;

/** `received === delivered + coalesced + dropped + discarded`, once nothing is waiting. */
export interface SignalCounters {
  /** Handed to the process by the kernel while this environment was subscribed. */
  received: number;
  /** Infos that listeners were called with. */
  delivered: number;
  /** Told as part of another info's `count`. */
  coalesced: number;
  /** Real-time deliveries lost to a full buffer; the program is warned (`SIGBRIDGE_OVERFLOW`). */
  dropped: number;
  /** Their subscription had closed. */
  discarded: number;
}

export type HealthLevel = 'ok' | 'warning' | 'critical';

/** One number that is above its limit. */
export interface HealthReason {
  /**
   * `latency`: ms that deliveries waited for JavaScript to take one, the longest in the last minute (limits 100, 1000).
   * `loss`: of this environment's deliveries, the part that was dropped (0.05, 0.1). `overflow`: of the process's, the
   * part that found the ring full (0.05, 0.1). Both of the last minute or two; of the time since the last look where
   * nobody looks that often. `handlers`: subscribed signals for which another handler stands at this moment (any;
   * critical where SIGHUP, SIGINT, SIGQUIT or SIGTERM is among them). `queue` (Linux): the part of RLIMIT_SIGPENDING
   * that is in use by this user's processes (0.8, 0.95); a full queue takes away what signals carry, and merges
   * real-time ones that kill() sends. `recovery`: parts of this package that are missing, and those that were made anew
   * in the last minute or two (any): see {@link Recovery}. In health reports also `loop`: as `latency`, of the event
   * loop, and `check`: one that did not succeed.
   */
  metric: 'latency' | 'loss' | 'overflow' | 'handlers' | 'queue' | 'recovery' | 'loop' | 'check';
  level: 'warning' | 'critical';
  value: number;
  /** The value is above it. */
  limit: number;
  /** Of `handlers`. */
  signals?: SignalName[];
  /** Of `check`: its name. */
  check?: string;
}

/** The worst of the reasons, `ok` without any. */
export interface Health {
  level: HealthLevel;
  reasons: HealthReason[];
  recovery: Recovery;
}

/**
 * `normal`: nothing failed in the last minute. `retried`: a call failed, and was made again. `restarted`: something was
 * made anew. `degraded`: something is missing at this moment, and signals may be told later for it.
 */
export type RecoveryLevel = 'normal' | 'retried' | 'restarted' | 'degraded';

/**
 * `pipe`: the wait thread's; it looks for signals 40 times a second instead. `loopPipe` (Node): the event loop's; the
 * wait thread passes signals on. `signalfd`: real-time signals come by way of the handler. `poll`: ppoll is refused;
 * a look each 64 ms at most. `waitThread`: no thread for `harden()`, which sees what it did not announce later.
 * `exitWatch`: what {@link openProcess} waits for the end of processes with.
 */
export type RecoveryPart = 'pipe' | 'loopPipe' | 'signalfd' | 'poll' | 'waitThread' | 'exitWatch';

/** What failed in the process's native part, and what was done about it: docs/health.md has the whole list. */
export interface Recovery {
  level: RecoveryLevel;
  /** What it has to do without at this moment; tried again all the time. */
  missing: RecoveryPart[];
  /** Calls that failed and were made again, or whose work was done at the next look. */
  retries: number;
  /** Descriptors that were made anew, because other code had closed them or there were none for a while. */
  restarts: number;
  /** How often something began to be missing. */
  degradations: number;
  /**
   * The latest failure, of any time. EBADF of fstat: a descriptor of ours was closed by other code. ESTALE: its number
   * has become another file's.
   */
  lastFailure: { syscall: string; errno: number; code: string; time: string } | null;
}

/** The counters of this environment (the main thread or one Worker); `process` has the whole process's. */
export interface Stats extends SignalCounters {
  /** Judged when it is looked at: the handlers that stand then, the counters of this call. */
  readonly health: Health;
  /**
   * How real-time signals come in. `signalfd` (Linux, Node): from the kernel's queue, read by the wait thread.
   * `self-pipe`: through the handler, as standard signals always do. `SIGBRIDGE_BACKEND` chooses.
   */
  backend: 'self-pipe' | 'signalfd';
  /** The wait thread is there: something is subscribed somewhere in the process. */
  running: boolean;
  /** Records that JavaScript has not been called with yet. */
  waiting: number;
  /** The `sequence` of the latest info. */
  sequence: number;
  /** Signals that came at least once. */
  signals: Record<string, SignalCounters>;
  /** Records the ring between the handler and the wait thread can hold; 0 before the first subscription. */
  ringCapacity: number;
  /** The most it has held. */
  ringHighWater: number;
  /** How often our handler was found replaced, and took its place again. */
  displaced: number;
  process: {
    /** Environments that have subscribed and not ended. */
    environments: number;
    received: number;
    /** Of these: found the ring full, and were merged (standard signals) or dropped (real-time). */
    overflow: number;
    /** Taken from the ring when no environment wanted them any more. */
    unclaimed: number;
    /** Handler runs after the last subscription of the signal had closed. */
    late: number;
    /** Batches the wait thread has handed out. */
    batches: number;
    /** Deliveries that a wait took ({@link waitFor}, {@link poll}), and so no listener was told of. */
    taken: number;
    /**
     * Deliveries without a sender (pid 0): the kernel had no room for what came along (RLIMIT_SIGPENDING), or the sender
     * is outside of the container.
     */
    bare: number;
  };
}

export function stats(): Stats;

export interface TraceOptions {
  /** Events kept, the newest: 16 to 1,048,576, rounded up to a power of two; 32 bytes each. Default 4096. */
  capacity?: number;
  /**
   * A standard signal that makes the wait thread write the trace as text to `fd`, also while JavaScript is stuck. It is
   * taken as by a subscription: its default action does not happen, and what listens to it is told as ever.
   */
  dumpOn?: Signal;
  /**
   * The descriptor `dumpOn` writes to, open until {@link trace}.stop(). Nobody may be reading there: after a second the
   * rest of the dump is left out. Default 2, standard error.
   */
  fd?: number;
}

/** docs/trace.md has what each means. */
export type TraceEventName =
  | 'handler-in'
  | 'ring-push'
  | 'ring-full'
  | 'kernel-drain'
  | 'stray-masked'
  | 'mask-visit'
  | 'bell'
  | 'late'
  | 'sent-again'
  | 'chained'
  | 'handler-out'
  | 'bell-heard'
  | 'ring-read'
  | 'queue-read'
  | 'held'
  | 'taken'
  | 'dropped'
  | 'dispatch'
  | 'doorbell'
  | 'drain-begin'
  | 'drain-end'
  | 'trace-start'
  | 'backend-start'
  | 'backend-stop'
  | 'subscribe'
  | 'unsubscribe'
  | 'handler-installed'
  | 'handler-put-back'
  | 'handler-displaced'
  | 'pause'
  | 'resume'
  | 'congested'
  | 'relieved'
  | 'hold'
  | 'release'
  | 'mask-block'
  | 'mask-unblock'
  | 'mask-set'
  | 'mask-process'
  | 'dump';

export interface TraceEvent {
  /** Microseconds since the trace began, to the nanosecond. */
  time: number;
  tid: number;
  /** What the thread is called at the time of the dump (Linux); empty where it has ended. */
  thread: string;
  event: TraceEventName;
  /** Where the event is of one signal. */
  signal?: SignalName;
  /** Of `handler-in`: why the kernel says it came, as {@link SignalInfo.code}. */
  code?: string;
  /** Of `ring-push`: the sender; 0 where the kernel names none. */
  pid?: number;
  /** Of the events that move, hold or lose several at once. */
  count?: number;
  /** Of `hold`, `release` and the masks. */
  signals?: SignalName[];
  /** Of `trace-start` and `backend-start`. */
  backend?: 'self-pipe' | 'signalfd';
}

/** recorded === events.length + overwritten + unfinished */
export interface TraceDump {
  running: boolean;
  /** 0 before the first trace. */
  capacity: number;
  /** When it began: nanoseconds of CLOCK_MONOTONIC, the clock of {@link SignalInfo.timestamp}, in decimal digits. */
  started: string;
  recorded: number;
  /** Older ones, that newer ones took the place of. */
  overwritten: number;
  /** Being written at that moment, or given up: a thread was stopped in the middle, and met by the ring's next lap. */
  unfinished: number;
  /** In the order of their times. */
  events: TraceEvent[];
}

/**
 * What happens to signals in this process, recorded without a lock by every thread that touches them, handlers included.
 * One trace a process: a Worker sees the same. While none runs it costs a load and a branch a place.
 */
export const trace: {
  /**
   * Begins; a trace that runs begins anew.
   * @throws ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE, ERR_SIGNAL_INVALID, ERR_SIGNAL_UNCATCHABLE, ERR_SIGNAL_RESERVED for bad
   *   options
   * @throws ERR_SIGNAL_SYSTEM `fcntl`: `fd` is not open; `mmap`: no memory; `pthread_create`, `pipe2` as {@link onSignal}
   */
  start(options?: TraceOptions): void;
  /** Ends it, and gives `dumpOn` back. What was recorded can be dumped until the next start. Any number of times. */
  stop(): void;
  /** Of the trace that runs, or ran last. Reading it changes nothing. */
  dump(options?: { format?: 'object' }): TraceDump;
  /** `json`: the same as JSON; `text`: a line an event, aligned, for a person. */
  dump(options: { format: 'json' | 'text' }): string;
};

/** One signal of the process. What only the process itself can tell is null for another one. */
export interface SignalInspection {
  signal: SignalName;
  number: number;
  kind: Disposition['kind'] | null;
  flags: string[] | null;
  library: string | null;
  symbol: string | null;
  ours: boolean | null;
  beneath: Disposition | null;
}

export interface ThreadInspection {
  /** The system's number, as {@link sendToThread} takes it; null where the platform has none to give. */
  tid: number | null;
  name: string | null;
  /** As the kernel names it: `running`, `sleeping`, `disk sleep`, `stopped`, `tracing stop`, `zombie`, ... */
  state: string | null;
  blocked: SignalName[] | null;
  /** Sent to this thread alone, and not taken yet. */
  pending: SignalName[] | null;
}

export interface ChildInspection {
  pid: number;
  name: string;
  state: string | null;
  /** By each of its threads. */
  blocked: SignalName[] | null;
}

/** What each means and when it is told: docs/inspect.md. */
export type InspectionWarningCode =
  | 'go-no-onstack'
  | 'go-open-mask'
  | 'go-unknown'
  | 'suspend-taken'
  | 'suspend-onstack'
  | 'suspend-blocked'
  | 'blocked'
  | 'pending'
  | 'init-default'
  | 'ignored'
  | 'sigpipe-default'
  | 'queue-full'
  | 'child-blocks'
  | 'zombie'
  | 'stopped';

export interface InspectionWarning {
  code: InspectionWarningCode;
  signal?: SignalName;
  /** The thread it is about. */
  tid?: number;
  /** The child it is about. */
  pid?: number;
  /** What is wrong, and what to do. */
  message: string;
}

/** A picture of one process: nothing in it changes later. Null is what cannot be known, from here or at all. */
export interface Inspection {
  pid: number;
  /** It is the calling process. */
  self: boolean;
  ppid: number | null;
  name: string | null;
  /** As {@link ThreadInspection.state}, of the first thread. */
  state: string | null;
  /** It is process 1 of its PID namespace: the kernel throws away signals with their default action. */
  init: boolean | null;
  /** Of another process: told by the name of its executable, its version not at all. */
  runtime: { name: 'node' | 'bun' | 'deno' | null; version: string | null; executable: string | null };
  /** A Go runtime is in one of `libraries`. */
  go: boolean | null;
  /** Files whose code is mapped. `go` is null for one that cannot be read. */
  libraries: { path: string; go: boolean | null }[] | null;
  /** Every signal there is, lowest number first. */
  signals: SignalInspection[];
  /** Those that a subscription of this package stands for, in any thread. */
  watched: SignalName[] | null;
  threads: ThreadInspection[] | null;
  /** Sent to the process, and taken by no thread yet. */
  pending: SignalName[] | null;
  caught: SignalName[] | null;
  ignored: SignalName[] | null;
  /** Signals that ask a program to end -> the threads that could take one now: not blocking it, neither stopped nor dead. */
  takers: Record<string, number[]> | null;
  /** Signals queued for all processes of its user, and how many may be (RLIMIT_SIGPENDING; null: any number). */
  queued: { used: number; limit: number | null } | null;
  children: ChildInspection[] | null;
  /** {@link stats}, of this environment. */
  stats: Stats | null;
  warnings: InspectionWarning[];
}

/**
 * Everything about the signals of this process, or of process `pid` (Linux), and warnings in plain words. Plain data, good
 * for JSON. Takes some milliseconds, most of them for naming handlers; nothing is changed or started. docs/inspect.md
 * @param pid 1 or greater; a thread's number stands for its process. Default: this process
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 * @throws ERR_SIGNAL_SYSTEM `errno` ESRCH (no such process) or EACCES (/proc hides it), `syscall` open
 * @throws ERR_UNSUPPORTED another process where there is no Linux /proc
 */
export function inspect(pid?: number): Inspection;

/** Who asked for a health report; `count` signals were answered with it, the newest sender is the one named. */
export interface HealthTrigger {
  signal: SignalName;
  pid: number;
  uid: number;
  count: number;
}

export interface HealthCheckResult {
  /** `failed`: it threw, rejected or returned `false`. `timeout`: it has not settled in its time. */
  status: 'ok' | 'failed' | 'timeout';
  /** How long it has taken. */
  ms: number;
  /** What it returned, as JSON has it, unless that is `undefined` or `true`. */
  value?: unknown;
  /** Why it is not `ok`. */
  error?: string;
}

export interface HealthReporterCounts {
  /** Reports made (or begun) by JavaScript. */
  reports: number;
  /** Signals that were answered together with another: they came while a report was under way. */
  coalesced: number;
  /** Reports that the wait thread wrote because JavaScript did not hear in time. */
  native: number;
  /** Reports that could not be written, native ones included. */
  failed: number;
}

export interface HealthReport {
  /** Native reports have `kind: 'native'` and other fields: docs/health.md. */
  kind: 'full';
  /** ISO 8601, UTC. */
  time: string;
  pid: number;
  /** `worker_threads.threadId`; 0 is the main thread. */
  thread: number;
  /** `node 20.20.2` and the like. */
  runtime: string;
  /** Of the process, in seconds. */
  uptime: number;
  /** The worst of the reasons. */
  level: HealthLevel;
  /** Those of {@link Stats.health}, the event loop's, and the checks that did not succeed. */
  reasons: HealthReason[];
  /** null: {@link HealthReporter.report} was called. */
  trigger: HealthTrigger | null;
  /** How late the event loop is, in ms: for this report, and a sample each 50 ms in the last minute. */
  loop: { now: number; mean: number; p99: number; max: number; samples: number };
  /** `process.memoryUsage()`, in bytes. */
  memory: NodeJS.MemoryUsage;
  /** `process.getActiveResourcesInfo()`, counted; null in Bun, which does not tell. */
  handles: Record<string, number> | null;
  /** Signals whose handler is this package's, of the whole process. */
  subscriptions: SignalName[];
  /** As {@link pending}. */
  pending: { thread: SignalName[]; process: SignalName[]; held: SignalName[] };
  /** {@link HealthReporterOptions.shutdown}'s `state`; null without one. */
  shutdown: unknown;
  checks: Record<string, HealthCheckResult>;
  /** As they were before this report. */
  reporter: HealthReporterCounts;
  stats: Stats;
}

export type HealthCheck = (context: {
  /** Aborted when the check's time has passed. */
  signal: AbortSignal;
}) => unknown;

export interface HealthReporterOptions {
  /** What asks for a report. Default SIGUSR2 (SIGUSR1 is the inspector's in Node and Deno); null: only `report()` does. */
  signal?: Signals | null;
  /**
   * Where reports go. A descriptor is written to, never closed; a file is opened for each report and appended to, so that
   * it may be moved away; a function gets the text and the report, and may be asynchronous. Default `'stderr'`.
   */
  output?: 'stderr' | 'stdout' | number | string | URL | ((text: string, report: HealthReport) => unknown);
  /** `json`: one line. Default `'json'`. */
  format?: 'json' | 'text';
  /** By name. They run side by side; one that has not settled is waited for, not started again, by the next report. */
  checks?: Record<string, HealthCheck | { run: HealthCheck; timeout?: number }>;
  /** ms that a check may take, unless it has a time of its own, and that the output may. Default 5000. */
  timeout?: number;
  /** ms after which a signal that JavaScript has not taken is answered by a native report; false: never. Default 1000. */
  stuckAfter?: number | false;
  /** Its `state` is reported. What {@link createHealthReporter}'s caller has from `createShutdown()`, or any such object. */
  shutdown?: { readonly state: unknown };
  /** Keep the event loop alive. Default false. */
  ref?: boolean;
}

/** Emits `error` when a report could not be made or written; without a listener that is a warning, `SIGBRIDGE_HEALTH`. */
export interface HealthReporter extends EventEmitter {
  readonly closed: boolean;
  readonly counts: HealthReporterCounts;
  /**
   * Makes a report and writes it as a signal would; `write: false` does not write it (for a health endpoint, say). An
   * output that fails rejects nothing.
   * @throws (the promise) ERR_SIGNAL_CLOSED
   */
  report(options?: { write?: boolean }): Promise<HealthReport>;
  /** Nothing is written any more. Any number of times. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Reports on the process when a signal asks for it, one report at a time: signals that come meanwhile are answered by one
 * more. When JavaScript does not take the signal in time (`stuckAfter`), the wait thread writes a report of what can be
 * known without it, to the same descriptor or file, or to standard error where the output is a function. See
 * docs/health.md.
 *
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE the options
 * @throws ERR_SIGNAL_SYSTEM `output` is no open descriptor (`fcntl`, EBADF); or as {@link onSignal}
 * @throws ERR_SIGNAL_INVALID, ERR_SIGNAL_UNCATCHABLE, ERR_SIGNAL_RESERVED as {@link onSignal}
 */
export function createHealthReporter(options?: HealthReporterOptions): HealthReporter;

export interface ReapedOrphan {
  pid: number;
  /** null where a signal ended it. */
  code: number | null;
  signal: SignalName | null;
}

export interface ReapOrphansOptions {
  /** ms between two looks, and how long a zombie is left to whoever may be about to wait for it. Default 1000. */
  interval?: number;
  /**
   * Adopt the orphans among this process's descendants, as PID 1 does without asking (PR_SET_CHILD_SUBREAPER); until
   * close(). Default false.
   */
  subreaper?: boolean;
  /** Called for each orphan that was waited for. */
  onReaped?: (end: ReapedOrphan) => unknown;
}

export interface OrphanReaper {
  /** How many so far. */
  readonly reaped: number;
  readonly closed: boolean;
  /** Any number of times. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * For a process that is PID 1 of its container: waits for the orphans that it inherits, which would stay zombies for
 * ever. Children that the runtime has started are left to it, and so are those of Workers. It never keeps the event loop
 * alive, and takes no signal. Linux, main thread. See docs/containers.md for what it cannot know.
 *
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE the options
 * @throws ERR_UNSUPPORTED not Linux; in a Worker; `/proc` is another PID namespace's, or lists no children
 * @see POSIX waitpid()
 */
export function reapOrphans(options?: ReapOrphansOptions): OrphanReaper;

export type SignalErrorCode =
  | 'ERR_SIGNAL_INVALID'
  | 'ERR_SIGNAL_UNCATCHABLE'
  | 'ERR_SIGNAL_RESERVED'
  | 'ERR_SIGNAL_CONFLICT'
  | 'ERR_SIGNAL_SYSTEM'
  | 'ERR_SIGNAL_CLOSED'
  | 'ERR_SIGNAL_ABORTED'
  | 'ERR_SIGNAL_OVERFLOW'
  | 'ERR_SIGNAL_TIMEOUT'
  | 'ERR_RELOAD_FAILED'
  | 'ERR_MASK_OVERFLOW'
  | 'ERR_MASK_UNDERFLOW'
  | 'ERR_ADDON_LOAD'
  | 'ERR_UNSUPPORTED';

/** Codes of the plain `TypeError` and `RangeError` this package throws. */
export type ArgumentErrorCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_OUT_OF_RANGE';

/** `instanceof` holds across copies of the package and across realms. */
export class SignalError extends Error {
  constructor(code: SignalErrorCode, message: string, options?: { cause?: unknown });
  readonly code: SignalErrorCode;
  /** `ERR_SIGNAL_SYSTEM` only: the errno, positive, as `os.constants.errno` has it. */
  readonly errno?: number;
  /** `ERR_SIGNAL_SYSTEM` only: the call that failed. */
  readonly syscall?: string;
}
