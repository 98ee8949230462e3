/**
 * sigbridge/testing: for the tests of programs that use signals (docs/testing.md). Nothing here reaches the kernel, another
 * process, or another thread of this one.
 *
 * It speaks to the copy of sigbridge that stands beside it: whoever tests with a module registry of their own (Jest's
 * `resetModules`) takes both from the same one.
 */

import type { Signal, SignalInfo, Signals } from '../binding';

/** What is left out gets what a kill(2) of this process to itself would have. */
export interface SyntheticFields {
  /** `si_code`: a name, or the number as text. Default `SI_USER`, or `SI_QUEUE` where a `value` is given. */
  code?: string;
  /** Default: this process. */
  pid?: number;
  /** Default: this process's real user. */
  uid?: number;
  /** An int32, or 64 bits: the info has both `value` and `valueBits` of it, as with `queue`. Default 0. */
  value?: number | bigint;
  /** Default 0. */
  status?: number;
  /** Default 0. */
  overrun?: number;
  /** 1 or more. Default 1. */
  count?: number;
  /**
   * Nanoseconds. Default: now, by `process.hrtime.bigint()`: the clock of real deliveries in Node on Linux; Bun and Deno
   * count from the start of the process.
   */
  timestamp?: bigint;
}

export interface ArmedOptions {
  /** Milliseconds, then it rejects with `ERR_SIGNAL_TIMEOUT`. Keeps the event loop alive. Default: none, and nothing is kept alive. */
  timeout?: number;
}

/**
 * Calls the listeners that this environment (the main thread, or this Worker) has for `signal` at this moment: those of
 * `onSignal`, `once`, `signals`, `abortOnSignal`, `createReloader`, `createHealthReporter` and `createShutdown`. They are
 * called before it returns, from inside of a listener too; a listener that throws causes an `uncaughtException`, as
 * always. The info takes the next `sequence`; `stats()` counts no delivery.
 *
 * A shutdown runs its steps and then really ends the process; its deadline is the native side's and does not run, so
 * that its `remaining` is null.
 *
 * @returns what the listeners got; null where nobody is subscribed
 * @throws ERR_SIGNAL_INVALID no such signal
 * @throws ERR_SIGNAL_UNCATCHABLE SIGKILL, SIGSTOP
 * @throws ERR_INVALID_ARG_TYPE a field of the wrong type
 * @throws ERR_OUT_OF_RANGE a field with a value that no signal has
 */
export function deliver(signal: Signal, fields?: SyntheticFields): SignalInfo | null;

/** True for what {@link deliver} made; false for a delivery of the kernel's, and for one that a full stream has merged. */
export function isSynthetic(info: unknown): boolean;

/**
 * Resolves when this environment is subscribed to all of `signals`, at once if it is already. Whether the subscription
 * still stands when the caller goes on, it does not say. Bad arguments reject the promise.
 *
 * @throws ERR_SIGNAL_TIMEOUT nobody has subscribed to one of them in time: the message names those
 */
export function armed(signals: Signals, options?: ArmedOptions): Promise<void>;
