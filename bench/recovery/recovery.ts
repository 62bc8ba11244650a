import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { changelogOf } from '../../src/engine/topics.ts';
import { waitUntil } from '../../test/broker/wait-until.ts';
import type { RunProcess } from '../../test/cli/service/a-process.ts';
import { median } from '../median.ts';
import { clockAgesMs, Installed, stages } from '../support/installed.ts';
import { script } from '../support/script.ts';
import { spreadOf } from '../support/spread-of.ts';
import { withBroker } from '../support/with-broker.ts';

const runs = Number(process.env['RUNS'] ?? 5);
const partitions = 6;
const parcels = 4_000;
const scansPerSecond = 600;
/** The default of a process of ours. */
const sessionTimeoutMs = 6_000;
/** So soon after a signal a record may still be of the process that got it. */
const underWayMs = 50;

/** A process that was ended, when (ms since the epoch), and the partitions of delivery that it had. */
interface Ended {
  readonly how: 'SIGKILL' | 'SIGTERM';
  readonly at: number;
  readonly moved: readonly number[];
}

const deliveryOf = async (process: RunProcess): Promise<readonly number[]> => [...(await clockAgesMs(process, 'delivery')).keys()];

const tasksOf = async (process: RunProcess): Promise<number> => {
  const each = await Promise.all(stages.map((stage) => clockAgesMs(process, stage)));
  return each.reduce((sum, { size }) => sum + size, 0);
};

/** Until three share all tasks and each of them runs. */
const untilShared = (processes: readonly RunProcess[]): Promise<void> =>
  waitUntil(
    'three processes share the tasks',
    async () => {
      const counts = await Promise.all(processes.map(tasksOf));
      const ready = await Promise.all(processes.map((process) => process.ready()));
      return counts.every((count) => count === (partitions * stages.length) / processes.length) && ready.every((one) => one.ready);
    },
    60_000,
  );

/** When each partition of the changelog of delivery was written to: at each commit of its task. */
const commitsOf = async (installed: Installed): Promise<ReadonlyMap<number, readonly number[]>> => {
  const commits = new Map<number, number[]>();
  for (const { partition, timestamp } of await installed.records(changelogOf('amends', 'delivery'))) {
    const known = commits.get(partition);
    if (known) known.push(timestamp);
    else commits.set(partition, [timestamp]);
  }
  return commits;
};

/** How long after a kill the last of its tasks commits again. */
const movesAfterMs = ({ at, moved }: Ended, commits: ReadonlyMap<number, readonly number[]>): number =>
  Math.max(...moved.map((partition) => (commits.get(partition)?.find((time) => time > at + underWayMs) ?? Infinity) - at));

/** The longest that a task doesn't commit in the seconds after a stop: until it gets the signal, its process goes on. */
const pausesMs = ({ at, moved }: Ended, commits: ReadonlyMap<number, readonly number[]>): number =>
  Math.max(
    ...moved.map((partition) => {
      const times = (commits.get(partition) ?? []).filter((time) => time > at - 1_000 && time < at + 2 * sessionTimeoutMs);
      return Math.max(...times.map((time, index) => time - (times[index - 1] ?? time)));
    }),
  );

/**
 * Three processes share the pipeline under a light load; one is killed, and later one is told to stop, again and again. How
 * long until all partitions of delivery that it had are committed to by their new owners, as the changelog's append times tell:
 * after a kill counted beyond the session timeout, after which the group knows. Times in ms.
 */
export const recovery = (): Promise<unknown> =>
  withBroker(async (brokers) => {
    const installed = await Installed.open(brokers, { partitions, more: { AMENDS_SESSION_TIMEOUT: `PT${sessionTimeoutMs / 1_000}S` } });
    const load = new URL('../latency/load.ts', import.meta.url);
    const where = [installed.brokers, installed.prefix, partitions, parcels];
    await script(load, [...where, 0]);
    const feed = spawn(process.execPath, [fileURLToPath(load), ...[...where, scansPerSecond, 3_600].map(String)], { stdio: 'ignore' });
    try {
      let processes = [installed.start('--act'), installed.start('--act'), installed.start('--act')];
      const ended: Ended[] = [];
      for (let run = 0; run < runs; run += 1)
        for (const how of ['SIGKILL', 'SIGTERM'] as const) {
          await untilShared(processes);
          const [victim, ...others] = processes;
          if (!victim) throw new Error('nobody is left to be ended');
          const moved = await deliveryOf(victim);
          const at = Date.now();
          await victim.end(how);
          await waitUntil(
            'the others have its tasks',
            async () => {
              const theirs = (await Promise.all(others.map(deliveryOf))).flat();
              return moved.every((partition) => theirs.includes(partition));
            },
            60_000,
          );
          ended.push({ how, at, moved });
          processes = [...others, installed.start('--act')];
        }
      await untilShared(processes);
      const commits = await commitsOf(installed);
      const killed = ended.filter(({ how }) => how === 'SIGKILL').map((one) => movesAfterMs(one, commits) - sessionTimeoutMs);
      const stopped = ended.filter(({ how }) => how === 'SIGTERM').map((one) => pausesMs(one, commits));
      return {
        bench: 'recovery',
        afterKillBeyondSessionMs: median(killed),
        killSpread: spreadOf(killed),
        afterStopMs: median(stopped),
        stopSpread: spreadOf(stopped),
        sessionTimeoutMs,
        processes: processes.length,
        tasks: partitions * stages.length,
        runs,
      };
    } finally {
      feed.kill();
      await installed.remove();
    }
  });
