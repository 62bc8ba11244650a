import { median } from '../median.ts';
import { Installed } from '../support/installed.ts';
import { script } from '../support/script.ts';
import { spreadOf } from '../support/spread-of.ts';
import { withBroker } from '../support/with-broker.ts';

const rounds = Number(process.env['RUNS'] ?? 5);
const scans = 200_000;
const points = {
  byPartitions: [1, 2, 4, 8, 64].map((partitions) => ({ partitions, keys: 100_000 })),
  byKeys: [10_000, 100_000, 1_000_000].map((keys) => ({ partitions: 8, keys })),
} as const;

/** What a process of so many partitions and keys does, the medians of its rounds. */
export interface GrowthPoint {
  readonly partitions: number;
  readonly keys: number;
  /** By the clock on the wall, beside the broker. */
  readonly recordsPerSecond: number;
  readonly recordsPerCpuSecond: number;
  /** The least and the greatest round, a CPU second. */
  readonly spread: readonly number[];
  readonly transactions: number;
  readonly rssMiB: number;
}

interface Measured {
  readonly rounds: readonly { readonly cpuSeconds: number; readonly wallSeconds: number; readonly transactions: number }[];
  readonly rssMiB: number;
}

const measure = async (brokers: readonly string[], { partitions, keys }: { partitions: number; keys: number }): Promise<GrowthPoint> => {
  const installed = await Installed.open(brokers, { partitions, time: 'records' });
  try {
    const args = [installed.brokers, installed.prefix, partitions, keys, scans, rounds];
    const measured = (await script(new URL('run.ts', import.meta.url), args)) as Measured;
    const perCpuSecond = measured.rounds.map(({ cpuSeconds }) => Math.round(scans / cpuSeconds));
    return {
      partitions,
      keys,
      recordsPerSecond: median(measured.rounds.map(({ wallSeconds }) => Math.round(scans / wallSeconds))),
      recordsPerCpuSecond: median(perCpuSecond),
      spread: spreadOf(perCpuSecond),
      transactions: median(measured.rounds.map(({ transactions }) => transactions)),
      rssMiB: measured.rssMiB,
    };
  } finally {
    await installed.remove();
  }
};

/** How cost grows with partitions (100,000 keys) and with keys (8 partitions): scans through the delivery stage on a real broker. */
export const growth = (): Promise<unknown> =>
  withBroker(async (brokers) => {
    const byPartitions: GrowthPoint[] = [];
    for (const point of points.byPartitions) byPartitions.push(await measure(brokers, point));
    const byKeys: GrowthPoint[] = [];
    // The middle one was measured already.
    for (const point of points.byKeys)
      byKeys.push(
        byPartitions.find(({ partitions, keys }) => partitions === point.partitions && keys === point.keys) ??
          (await measure(brokers, point)),
      );
    return { bench: 'growth', byPartitions, byKeys, scansARound: scans, rounds };
  });
