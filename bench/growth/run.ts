import { deliveryStage } from '../../src/delivery/stage.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Outgoing } from '../../src/engine/log.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { realClock } from '../../src/values/clock.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, dayMs, hourMs, instant } from '../../src/values/time.ts';
import { logOf } from '../support/log-of.ts';
import { promiseOf, recordOf, scanOf } from '../support/parcels.ts';
import { ticksOf } from '../support/ticks.ts';

/**
 * One point, in a process of its own: the delivery stage with the promises of `keys` parcels folded, which then drains `scans` scans,
 * round after round. Writes them itself, while it doesn't run and nothing is measured. Prints what each round took.
 */
const [brokers = '', prefix = '', ...figures] = process.argv.slice(2);
const [partitions = 1, keys = 1, scans = 1, rounds = 1] = figures.map(Number);
const log = logOf(brokers, prefix);
const promisedAt = instant(Date.UTC(2026, 10, 1));
const roundAt = (round: number): Instant => after(promisedAt, (round + 1) * hourMs);
const topics = [deliveryPromises.name, deliveryTracking.name];
const atATime = 5_000;
const write = async (count: number, until: Instant, make: (index: number) => Outgoing): Promise<void> => {
  for (let from = 0; from < count; from += atATime)
    await log.append(Array.from({ length: Math.min(atATime, count - from) }, (_, at) => make(from + at)));
  await log.append(ticksOf(topics, partitions, until));
};

let transactions = 0;
const engine = await Engine.start({
  application: 'amends',
  stages: [deliveryStage({}, 120 * dayMs)],
  log,
  clock: realClock,
  time: 'records',
  telemetry: (happening) => {
    if (happening.name === 'TransactionFailed') throw new Error(happening.why);
    if (happening.name === 'TransactionCommitted') transactions += 1;
  },
});

/** Runs until everything before `at` is concluded. */
const drain = async (at: Instant): Promise<void> => {
  const stop = new AbortController();
  const running = engine.run(stop.signal);
  while (engine.tasks().length < partitions || engine.tasks().some(({ clock }) => clock < at)) await realClock.wait(2);
  stop.abort();
  await running;
};

await write(keys, roundAt(0), (parcel) => recordOf(deliveryPromises, promiseOf(parcel, promisedAt, '2026-11-20'), partitions, promisedAt));
await drain(roundAt(0));
const measured: { readonly cpuSeconds: number; readonly wallSeconds: number; readonly transactions: number }[] = [];
for (let round = 0; round < rounds; round += 1) {
  await write(scans, roundAt(round + 1), (index) => {
    const at = after(roundAt(round), Math.floor((index * hourMs) / scans));
    return recordOf(deliveryTracking, scanOf((round * scans + index) % keys, at, 'in-transit'), partitions, at);
  });
  const begunAt = performance.now();
  const before = process.cpuUsage();
  const transactionsBefore = transactions;
  await drain(roundAt(round + 1));
  const { user, system } = process.cpuUsage(before);
  measured.push({
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - begunAt) / 1e3,
    transactions: transactions - transactionsBefore,
  });
}
await engine.stop();
await log.close();
process.stdout.write(JSON.stringify({ rounds: measured, rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) }));
