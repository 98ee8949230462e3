// Children at a shutdown: the signal is passed on, their end awaited, and hurried by SIGKILL. Of child_process and
// cluster, Bun.spawn, Deno.Command, and openProcess(). JS thread.
'use strict';

const { argumentType } = require('../errors');

/** @typedef {import('../../binding').ShutdownContext} ShutdownContext */

const ESCALATE = 5_000;
const { deno } = process.versions;

/**
 * @param {any} child
 * @returns {{ send(signal: string): void, ended(): boolean, end(): Promise<unknown> }}
 */
function adapt(child) {
  // A Worker of node:cluster has its process there.
  const one = child?.process?.kill instanceof Function ? child.process : child;
  const send = [one?.kill, one?.send].find((way) => typeof way === 'function');
  const promise = ['exited', 'status'].find((name) => typeof one === 'object' && one !== null && name in one);
  if (send === undefined || (promise === undefined && typeof one.once !== 'function')) {
    throw argumentType(
      'child',
      'a child of node:child_process, Bun.spawn or Deno.Command, or openProcess()',
      child,
    );
  }
  return {
    send: (signal) => {
      try {
        // Deno's child_process sends no second signal, and says nothing of that.
        if (deno !== undefined && one.killed === true) process.kill(one.pid, signal);
        else send.call(one, signal);
      } catch {
        // It has gone in this moment, or is another user's: its end is awaited all the same.
      }
    },
    // Without a pid it never began.
    ended: () =>
      one.pid === undefined || (one.exitCode ?? null) !== null || (one.signalCode ?? null) !== null,
    end: () =>
      promise !== undefined
        ? Promise.resolve(one[promise])
        : new Promise((resolve) => one.once('exit', resolve)),
  };
}

/**
 * @param {any} child
 * @param {string | undefined} signal
 * @param {number | undefined} escalate ms
 * @returns {(context: ShutdownContext) => Promise<void>}
 */
function childStep(child, signal, escalate) {
  const { send, ended, end } = adapt(child);
  return async ({ info, remaining }) => {
    if (ended()) return;
    const over = end();
    // What the terminal sent, it sent to the children too: passed on, it would be their second one.
    const fromTerminal = info?.code === 'SI_KERNEL';
    if (signal !== undefined || !fromTerminal) send(signal ?? info?.name ?? 'SIGTERM');
    const patience = escalate ?? Math.min(ESCALATE, remaining() / 2);
    const timer = setTimeout(() => send('SIGKILL'), patience);
    await over;
    clearTimeout(timer);
  };
}

module.exports = { childStep };
