import type { LogRecord } from '../../src/engine/log.ts';
import type { Topic } from '../../src/formats/topic.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { issues } from '../../src/topics/issues.ts';
import { remedies } from '../../src/topics/remedies.ts';
import { waitUntil } from '../../test/broker/wait-until.ts';
import { median } from '../median.ts';
import { clockAgesMs, Installed, stages, untilStageConcluded } from '../support/installed.ts';
import { parcelOf } from '../support/parcels.ts';
import { script } from '../support/script.ts';
import { spreadOf } from '../support/spread-of.ts';
import { withBroker } from '../support/with-broker.ts';

const partitions = 8;
const parcels = 40_000;
const lostPerSecond = 20;
const runs = Number(process.env['RUNS'] ?? 5);
const seconds = Number(process.env['SECONDS'] ?? 20);
const lostARun = lostPerSecond * seconds;
const rampSeconds = 15;
const rampFrom = 8_000;
const rampBy = 1.25;
/** The clock of a process that keeps up is at most so old when the last record comes: a proof a second, and what that takes. */
const keepsUpMs = 2_000;

/** By parcel, of whose customer there is no other: when the broker appended the first record about it. */
const appended = <T>(records: readonly LogRecord[], topic: Topic<T>, parcel: (value: T) => number | undefined): Map<number, number> => {
  const at = new Map<number, number>();
  for (const record of records) {
    const decoded = topic.decode(record);
    const of = decoded.kind === 'read' ? parcel(decoded.value) : undefined;
    if (of !== undefined && !at.has(of)) at.set(of, record.timestamp);
  }
  return at;
};

/** Percentiles of what lies between two appends, in ms, of the parcels of one run. */
const between = (from: ReadonlyMap<number, number>, to: ReadonlyMap<number, number>, run: number) => {
  const [first, next] = [parcels + run * lostARun, parcels + (run + 1) * lostARun];
  const sorted = [...to]
    .filter(([parcel]) => parcel >= first && parcel < next)
    .flatMap(([parcel, at]) => at - (from.get(parcel) ?? NaN))
    .toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), greatest: at(1) };
};

/**
 * How long from the broker's append of a carrier's word that a parcel is lost to its append of the refund, through both stages
 * and their proofs, with the whole pipeline as one process in `live` time beside the broker: at 70 % of the greatest load,
 * which is found first. Times in ms.
 */
export const latency = (): Promise<unknown> =>
  withBroker(async (brokers) => {
    const installed = await Installed.open(brokers, { partitions });
    const lostAll = lostARun * runs;
    const load = (...figures: readonly number[]): Promise<unknown> =>
      script(new URL('load.ts', import.meta.url), [installed.brokers, installed.prefix, partitions, ...figures]);
    try {
      await load(parcels + lostAll, 0);
      const process = installed.start('--act');
      const concluded = (forMs?: number): Promise<void> => untilStageConcluded(process, 'delivery', partitions, forMs);
      await concluded(120_000);

      let greatest = 0;
      for (let rate = rampFrom; ; rate = Math.round(rate * rampBy)) {
        const { wrote } = (await load(parcels, rate, rampSeconds)) as { readonly wrote: number };
        const behindMs = Math.max(...(await clockAgesMs(process, 'delivery')).values());
        await concluded(120_000);
        if (wrote < 0.97 * rate || behindMs > keepsUpMs) break;
        greatest = rate;
      }

      if (greatest === 0) throw new Error(`this machine is too busy: ${rampFrom} records a second were not kept up with`);

      const rate = Math.round(0.7 * greatest);
      for (let run = 0; run < runs; run += 1) {
        await load(parcels, rate, seconds, lostPerSecond, parcels + run * lostARun);
        await concluded(120_000);
      }
      await waitUntil(
        'all that was lost is paid for',
        async () => (await installed.records(remedies.refund.name)).length >= lostAll,
        60_000,
      );
      const causes = appended(await installed.records(deliveryTracking.name), deliveryTracking, ({ reason, shipment }) =>
        reason === 'lost' ? Number(shipment?.slice(1)) : undefined,
      );
      const found = appended(await installed.records(issues.name), issues, ({ customer }) => parcelOf(customer));
      const refunds = await installed.records(remedies.refund.name);
      const ordered = appended(refunds, remedies.refund, ({ customer }) => parcelOf(customer));
      const ofRuns = (from: ReadonlyMap<number, number>, to: ReadonlyMap<number, number>) => {
        const each = Array.from({ length: runs }, (_, run) => between(from, to, run));
        const p99s = each.map(({ p99 }) => p99);
        return {
          p50: median(each.map(({ p50 }) => p50)),
          p99: median(p99s),
          spread: spreadOf(p99s),
          greatest: Math.max(...each.map((one) => one.greatest)),
        };
      };
      const whole = ofRuns(causes, ordered);
      return {
        bench: 'latency',
        p50Ms: whole.p50,
        p99Ms: whole.p99,
        p99Spread: whole.spread,
        greatestMs: whole.greatest,
        toTheIssueMs: ofRuns(causes, found),
        toTheCommandMs: ofRuns(found, ordered),
        recordsPerSecond: rate,
        greatestRecordsPerSecond: greatest,
        commands: ordered.size,
        missing: causes.size - ordered.size,
        twice: refunds.length - ordered.size,
        partitions,
        tasks: partitions * stages.length,
        seconds,
        runs,
      };
    } finally {
      await installed.remove();
    }
  });
