// What the measures, the scheduler and the reports say to each other.
import type { Contender, Runtime } from './contenders';
import type { Results } from './results';

export interface Size {
  runs: number;
  signals: number;
  warmSignals: number;
  samples: number;
  loadedSamples: number;
  warmSamples: number;
  million: number;
  processes: number;
  httpSlices: number;
  httpSliceMs: number;
  maskCalls: number;
}

export interface Context {
  field: Contender[];
  runtimes: Runtime[];
  size: Size;
  /** 1, 2, 3, ...: 0 while nothing runs yet. */
  round: number;
}

/** Who takes part in a task. `id` has no version in it: it is what results and the baseline are kept under. */
export interface Entrant {
  id: string;
  name: string;
  way: string;
}

/** The numbers of one trial. A key that is missing could not be measured. */
export type Outcome = Record<string, number>;

export interface Trial {
  task: string;
  entrant: string;
  round: number;
  /** The load average when it began. */
  load: number;
  /** stats().backend of the trial's own process. */
  backend?: string;
  outcome?: Outcome;
  failure?: string;
}

/** A number of a task's table: the median of the rounds, or the highest; or the ratio to another's, by round. */
export interface Column {
  key: string;
  title: string;
  worst?: boolean;
  against?: (entrant: Entrant) => { task: string; entrant: string } | undefined;
}

export interface Picture {
  file: string;
  title: string;
  unit: string;
  /** One bar an entrant for one key, points on a logarithmic axis for several. */
  keys: { key: string; title: string }[];
  /** Another task whose entrants of that way are shown too. */
  also?: { task: string; way: string; note: string };
}

export interface Task {
  name: string;
  title: string;
  columns: Column[];
  pictures?: Picture[];
  entrants(context: Context): Entrant[];
  run(entrant: Entrant, context: Context): Promise<{ outcome: Outcome; backend?: string }>;
}

export interface Measure {
  name: string;
  title: string;
  /** Only when asked for. */
  long?: boolean;
  tasks: Task[];
}

/** What bench/results/MEASURE.json holds. */
export interface Stored {
  measure: string;
  started: string;
  machine: Record<string, unknown>;
  size: Size;
  entrants: Record<string, Entrant[]>;
  trials: Trial[];
}

/** One number of the project's, taken from all results. */
export interface Figure {
  name: string;
  value(results: Results): number | undefined;
}
