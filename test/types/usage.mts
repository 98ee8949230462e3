// What a program that imports the package may write, and the types that it gets. Compiled, never run: `tsc -p .` reads it
// beside the sources, test/package/types.test.js against the packed tarball.
import type { EventEmitter } from 'node:events';
import type { ReadableStream } from 'node:stream/web';
import type { Worker as NodeWorker } from 'node:worker_threads';
import * as sigbridge from 'sigbridge';
import type hardening from 'sigbridge/harden';
import { type ArmedOptions, armed, deliver, isSynthetic } from 'sigbridge/testing';

/** Exactly the same type: one that is wider, narrower or `any` is none. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_Fact extends true>() => {};

// Receiving.
const subscription = sigbridge.onSignal(['SIGTERM', 'SIGRTMIN+1', 15], (info) => {
  holds<Same<typeof info, sigbridge.SignalInfo>>();
  holds<Same<typeof info.valueBits, bigint>>();
  holds<Same<typeof info.timestamp, bigint>>();
  holds<Same<typeof info.pid, number>>();
});
holds<Same<typeof subscription, sigbridge.Subscription>>();
holds<Same<ReturnType<typeof subscription.ref>, sigbridge.Subscription>>();
{
  using closing = sigbridge.onSignal('SIGHUP', async () => {}, {
    restart: false,
    respectIgnored: true,
    ref: true,
  });
  holds<Same<typeof closing.closed, boolean>>();
}
// From a configuration, without a cast.
sigbridge.onSignal(process.env.RELOAD_ON ?? 'SIGHUP', () => 1, {
  signal: AbortSignal.timeout(5),
  once: true,
});
const names = ['SIGINT', 'SIGTERM'] as const;
holds<Same<Awaited<ReturnType<typeof sigbridge.once>>, sigbridge.SignalInfo>>();
await sigbridge.once(names, { timeout: 5, ref: false });
for await (const info of sigbridge.signals(names, { capacity: 1, overflow: 'drop-oldest' })) {
  holds<Same<typeof info, sigbridge.SignalInfo>>();
}
const stream = sigbridge.signals('SIGUSR1');
const web: ReadableStream<sigbridge.SignalInfo> = stream.toReadableStream();
const emitter: EventEmitter = stream.toEventEmitter();
const aborting: AbortSignal = sigbridge.abortOnSignal('SIGINT', { ref: true });

// Sending.
sigbridge.send(1, 0);
sigbridge.queue(1, 'SIGRTMIN', 1n);
const queued: Promise<void> = sigbridge.queueAsync(1, 'SIGRTMIN', 2, { timeout: 5 });
const handle = sigbridge.openProcess(1, { ref: true });
const end: Promise<sigbridge.ProcessEnd> = handle.exited;

// Sections, waits, masks.
holds<Same<ReturnType<typeof criticalNumber>, number>>();
const criticalNumber = () => sigbridge.criticalSection('SIGTERM', () => 1);
holds<Same<ReturnType<typeof sigbridge.waitFor>, sigbridge.SignalInfo | null>>();
const blocked: sigbridge.SignalName[] = sigbridge.mask.current();
const pendingOfProcess: sigbridge.SignalName[] = sigbridge.pending().process;

// Larger things.
const shutdown = sigbridge.createShutdown({ timeout: 1, secondSignal: (info) => info.pid, exit: 3 });
shutdown.add('database', async ({ signal }) => holds<Same<typeof signal, AbortSignal>>(), { phase: 'last' });
const reloader = sigbridge.createReloader({
  load: async () => ({ port: 1 }),
  validate: (config) => config.port > 0,
  apply: ({ port }, { current }) => holds<Same<typeof current, { port: number } | undefined>>() ?? port,
});
holds<Same<typeof reloader.current, { port: number } | undefined>>();
const counts: Int32Array = sigbridge.counter(names);
const level: sigbridge.HealthLevel = sigbridge.stats().health.level;
const addon: { run(): number } = sigbridge.loadAddon<{ run(): number }>('./addon.node', {
  from: import.meta.url,
});
const loaded: string = sigbridge.guard(() => 'library');
const worker: NodeWorker = new sigbridge.Worker('file.js', { workerData: 1 });
const folder: string = sigbridge.include;
const warnings: sigbridge.InspectionWarningCode[] = sigbridge.inspect(1).warnings.map(({ code }) => code);
holds<Same<typeof hardening, sigbridge.Hardening>>();

// Names.
const catchable: boolean = sigbridge.isCatchable('SIGKILL');
const ofExitCode: sigbridge.SignalName | null = sigbridge.signalFromExitCode(143);
const never: (signal: string) => never = sigbridge.exitBySignal;

// Errors.
try {
  sigbridge.raise('SIGNOPE');
} catch (error) {
  if (error instanceof sigbridge.SignalError) {
    holds<Same<typeof error.code, sigbridge.SignalErrorCode>>();
    if (error.code === 'ERR_SIGNAL_SYSTEM') console.log(error.errno, error.syscall);
  }
}

// For tests.
const made: sigbridge.SignalInfo | null = deliver('SIGTERM', { pid: 1, value: 2n });
const patience: ArmedOptions = { timeout: 5 };
await armed(['SIGTERM'], patience);

export const all = [
  ...[
    web,
    emitter,
    aborting,
    queued,
    end,
    blocked,
    pendingOfProcess,
    shutdown.state,
    counts,
    level,
    addon,
    loaded,
  ],
  ...[worker, folder, warnings, catchable, ofExitCode, never, isSynthetic(made), handle.pid],
];
