import { readFileSync } from 'node:fs';
import { Engine } from '../../src/engine/engine.ts';
import { KafkaAdmin } from '../../src/log/kafka/admin.ts';
import { KafkaLog } from '../../src/log/kafka/kafka-log.ts';
import { issues } from '../../src/topics/issues.ts';
import { realClock } from '../../src/values/clock.ts';
import { after } from '../../src/values/time.ts';
import { partitions, scansEach, ticks } from '../replay/workload.ts';
import { settingsOf, stage, topicsOf } from './topics.ts';

/**
 * One measured run, alone in its process: the delivery stage from an empty state to the end of what `load.ts` wrote.
 * Measured from the first record to the last commit, of the whole process; prints what it measured as JSON.
 */
const [brokers = '', workload = '', run = ''] = process.argv.slice(2);
const settings = settingsOf(brokers, workload, run);
const admin = await KafkaAdmin.open(settings);
await admin.create(topicsOf(run, 'run'));
admin.close();
const log = new KafkaLog(settings);

/** The most that the process has held so far, as the kernel saw it. */
const peakRssMiB = (): number => Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1_024);

let records = 0;
let wakes = 0;
let transactions = 0;
let failed = 0;
let begun: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;
let half: { readonly cpu: NodeJS.CpuUsage; readonly records: number; readonly peakRssMiB: number } | undefined;
const total = 1_100_000;
const engine = await Engine.start({
  application: run,
  stages: [stage],
  log,
  clock: realClock,
  time: 'records',
  telemetry: (happening) => {
    if (happening.name === 'TransactionFailed') failed += 1;
    if (happening.name !== 'TransactionCommitted') return;
    begun ??= { at: performance.now(), cpu: process.cpuUsage() };
    transactions += 1;
    wakes += happening.woken;
    records += happening.records;
    if (records >= total / 2) half ??= { cpu: process.cpuUsage(), records, peakRssMiB: peakRssMiB() };
  },
});
const end = ticks(scansEach - 1)[0]?.timestamp ?? 0;
const stop = new AbortController();
const running = engine.run(stop.signal);
const isDone = (): boolean => engine.tasks().length === partitions && engine.tasks().every(({ clock }) => clock >= end);
while (!isDone()) await realClock.wait(5);
const cpuSeconds = (from: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
};
const measured = begun && {
  cpuSeconds: cpuSeconds(begun.cpu),
  wallSeconds: (performance.now() - begun.at) / 1e3,
  secondHalf: half && { records: records - half.records, cpuSeconds: cpuSeconds(half.cpu) },
  halfwayRssMiB: half?.peakRssMiB,
  peakRssMiB: peakRssMiB(),
};
stop.abort();
await running;
await engine.stop();

const places = Array.from({ length: partitions }, (_, partition) => ({ topic: issues.name, partition }));
const reader = log.read();
for (const place of places) reader.add({ ...place, offset: 0 });
const ends = await log.ends(places);
const next = new Map(places.map(({ partition }) => [partition, 0]));
const found = new Set<string>();
let read = 0;
const until = after(realClock.now(), 30_000);
while (places.some(({ partition }, index) => (next.get(partition) ?? 0) < (ends[index]?.stable ?? 0)) && realClock.now() < until)
  for (const fetched of await reader.poll({ bytes: 4 * 1024 * 1024, waitMs: 200 }, new AbortController().signal)) {
    next.set(fetched.partition, fetched.next);
    for (const record of fetched.records) {
      read += 1;
      const decoded = issues.decode(record);
      if (decoded.kind === 'read') found.add(decoded.value.id);
    }
  }
await log.close();
process.stdout.write(`${JSON.stringify({ ...measured, records, wakes, transactions, failed, issues: found.size, issueRecords: read })}\n`);
