// What the types refuse: a line below a mark that compiles is an error. Compiled, never run.
// @ts-expect-error there is no default export: the names are what is exported
import nothing from 'sigbridge';
import * as sigbridge from 'sigbridge';
// @ts-expect-error no part of the public surface
import * as inside from 'sigbridge/lib/binding.js';
import { deliver } from 'sigbridge/testing';

// @ts-expect-error a listener is needed
sigbridge.onSignal('SIGTERM');
// @ts-expect-error a signal is a name or a number
sigbridge.onSignal(null, () => {});
// @ts-expect-error no such option
sigbridge.onSignal('SIGTERM', () => {}, { onse: true });
// @ts-expect-error an AbortSignal, not its controller
sigbridge.onSignal('SIGTERM', () => {}, { signal: new AbortController() });
sigbridge.onSignal('SIGTERM', (info) => {
  // @ts-expect-error told, not to be changed
  info.pid = 1;
  // @ts-expect-error 64 bits do not fit a number
  const bits: number = info.valueBits;
  return bits;
});
// @ts-expect-error milliseconds are a number
sigbridge.once('SIGTERM', { timeout: '5s' });
// @ts-expect-error one of three
sigbridge.signals('SIGTERM', { overflow: 'drop' });
// @ts-expect-error the payload is not optional
sigbridge.queue(1, 'SIGRTMIN');
// @ts-expect-error a payload is a number
sigbridge.queue(1, 'SIGRTMIN', 'text');
// @ts-expect-error it may be null: none came
const number: number = sigbridge.poll('SIGTERM').number;
// @ts-expect-error what an addon exports is unknown until somebody says it
sigbridge.loadAddon('./addon.node').run();
// @ts-expect-error it ends the process with what is one of three
sigbridge.createShutdown({ exit: 'quickly' });
// @ts-expect-error `load` is needed
sigbridge.createReloader({ validate: () => true });
// @ts-expect-error of this configuration there is no such part
sigbridge.createReloader({ load: () => ({ port: 1 }), apply: (config) => config.host });
// @ts-expect-error one of four
sigbridge.createTimer({ clock: 'sundial' });
// @ts-expect-error there is no such code
const code: sigbridge.SignalErrorCode = 'ERR_SIGNAL_NONSENSE';
// @ts-expect-error a delivery has a number as its pid
deliver('SIGTERM', { pid: '1' });

export const all = [nothing, inside, number, code];
