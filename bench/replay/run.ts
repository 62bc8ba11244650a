import { Engine } from '../../src/engine/engine.ts';
import { topicsNeeded } from '../../src/engine/topics.ts';
import { deliveryStage } from '../../src/delivery/stage.ts';
import { EmbeddedBroker } from '../../src/log/memory/embedded-broker.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { issues } from '../../src/topics/issues.ts';
import { DrivenClock } from '../../src/values/clock.ts';
import { dayMs, instant } from '../../src/values/time.ts';
import { made } from './made.ts';
import { beginning, partitions, scansEach, ticks } from './workload.ts';

/** One measured run, alone in its process, of what `make.ts` left in a folder; prints what it measured as JSON. */
const [folder = '.'] = process.argv.slice(2);
const clock = new DrivenClock(instant(Date.UTC(2026, 10, 1)));
const broker = new EmbeddedBroker({ clock });
const stage = deliveryStage({ 'shipment-stalled': { inTransit: 'P2D' } }, 120 * dayMs);
for (const { name, ...settings } of topicsNeeded({ application: 'bench', stages: [stage], partitions, time: 'records' }))
  broker.createTopic(name, settings);
const log = broker.connect({ name: 'bench' });
let wakes = 0;
let transactions = 0;
const engine = await Engine.start({
  application: 'bench',
  stages: [stage],
  log,
  clock,
  time: 'records',

  telemetry: (happening) => {
    if (happening.name !== 'TransactionCommitted') return;
    transactions += 1;
    wakes += happening.woken;
  },
});

const inputPartitions = stage.inputs.flatMap(({ topic }) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: topic.name, partition })),
);
let cpuMicros = 0;
let peakRss = 0;
const measured = async (work: () => Promise<void>): Promise<void> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  cpuMicros += user + system;
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
};
const drain = async (): Promise<void> => {
  for (let idle = 0; idle < 3;) {
    idle = (await engine.tick()) ? 0 : idle + 1;
    if (idle > 0) await new Promise((resolve) => setImmediate(resolve));
  }
};

for (const some of made(folder, 'promises', deliveryPromises.name))
  await measured(async () => {
    await log.append([...some, ...beginning]);
    await drain();
  });
const afterPromises = cpuMicros;
for (let scan = 0; scan < scansEach; scan += 1) {
  for (const some of made(folder, `scans-${scan}`, deliveryTracking.name))
    await measured(async () => {
      await log.append(some);
      await drain();
    });
  await measured(async () => {
    await log.append(ticks(scan));
    await drain();
    const ends = await log.ends(inputPartitions);
    await log.trim(inputPartitions.map((place, index) => ({ ...place, offset: ends[index]?.high ?? 0 })));
  });
}
const found = broker.records(issues.name).length;
process.stdout.write(
  `${JSON.stringify({ records: 1_000_000, cpuSeconds: (cpuMicros - afterPromises) / 1e6, promisesCpuSeconds: afterPromises / 1e6, peakRssMiB: Math.round(peakRss / 2 ** 20), issues: found, wakes, transactions })}\n`,
);
await engine.stop();
