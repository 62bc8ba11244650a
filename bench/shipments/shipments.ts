import { changelogOf } from '../../src/engine/topics.ts';
import { median } from '../median.ts';
import { Installed } from '../support/installed.ts';
import { script } from '../support/script.ts';
import { spreadOf } from '../support/spread-of.ts';
import { withBroker } from '../support/with-broker.ts';
import { partitions } from './open-shipments.ts';

const runs = Number(process.env['RUNS'] ?? 5);
const count = Number(process.env['SHIPMENTS'] ?? 1_000_000);

interface Measured {
  readonly runningAfterMs: number;
  readonly doneAfterMs: number;
  readonly cpuSeconds: number;
  readonly rows: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/**
 * A million open shipments in one process: what each takes of its memory, timers included, and how long a process that knows
 * nothing needs until it has them all, from the changelog on a real broker. The changelog is made once, by the stage itself;
 * then runs in processes of their own, in turn with those of a stage that keeps nothing: what that takes is not counted.
 */
export const shipments = (): Promise<unknown> =>
  withBroker(async (brokers) => {
    const of = { partitions, time: 'records' } as const;
    const full = await Installed.open(brokers, of);
    const empty = await Installed.open(brokers, of);
    const run = async (on: Installed, as: 'full' | 'empty'): Promise<Measured> =>
      (await script(new URL('run.ts', import.meta.url), [on.brokers, on.prefix, as], ['--expose-gc'])) as Measured;
    try {
      await script(new URL('load.ts', import.meta.url), [full.brokers, full.prefix, count]);
      const made = await run(full, 'full');
      const kept: Measured[] = [];
      const nothing: Measured[] = [];
      for (let times = 0; times < runs; times += 1) {
        kept.push(await run(full, 'full'));
        nothing.push(await run(empty, 'empty'));
      }
      const changelog = await full.reading.ends(
        Array.from({ length: partitions }, (_, partition) => ({ topic: changelogOf('amends', 'delivery'), partition })),
      );
      const beyond = (which: 'rss' | 'heapUsed'): readonly number[] => {
        const without = median(nothing.map((one) => one[which]));
        return kept.map((one) => Math.round((one[which] - without) / count));
      };
      const seconds = kept.map(({ runningAfterMs }) => Number((runningAfterMs / 1e3).toFixed(2)));
      return {
        bench: 'shipments',
        shipments: count,
        bytesEach: median(beyond('rss')),
        spread: spreadOf(beyond('rss')),
        heapBytesEach: median(beyond('heapUsed')),
        emptyRssMiB: Math.round(median(nothing.map(({ rss }) => rss)) / 2 ** 20),
        restoreSeconds: median(seconds),
        restoreSpread: spreadOf(seconds),
        restoreCpuSeconds: median(kept.map(({ cpuSeconds }) => cpuSeconds)),
        changelogRecords: changelog.reduce((sum, { high, first }) => sum + high - first, 0),
        rows: made.rows,
        rowsRestored: median(kept.map(({ rows }) => rows)),
        foldSeconds: Number((made.doneAfterMs / 1e3).toFixed(1)),
        runs,
      };
    } finally {
      await full.remove();
      await empty.remove();
    }
  });
