import { readFileSync } from 'node:fs';
import type { GrowthPoint } from '../growth/growth.ts';

/** What the pages take of each bench's JSON line; the fields are told in `bench/README.md`. */
export interface Figures {
  readonly growth: { readonly byPartitions: readonly GrowthPoint[]; readonly byKeys: readonly GrowthPoint[]; readonly scansARound: number };
  readonly latency: {
    readonly greatestRecordsPerSecond: number;
    readonly recordsPerSecond: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly partitions: number;
  };
  readonly shipments: { readonly bytesEach: number; readonly restoreSeconds: number; readonly shipments: number };
  readonly recovery: { readonly afterKillBeyondSessionMs: number; readonly sessionTimeoutMs: number; readonly afterStopMs: number };
}

const figuresOf = <N extends keyof Figures>(name: N): Figures[N] =>
  JSON.parse(readFileSync(new URL(`../figures/${name}.jsonl`, import.meta.url), 'utf8')) as Figures[N];

/** The figures as they were last kept. Throws where a bench's file is missing. */
export const keptFigures = (): Figures => ({
  growth: figuresOf('growth'),
  latency: figuresOf('latency'),
  shipments: figuresOf('shipments'),
  recovery: figuresOf('recovery'),
});
