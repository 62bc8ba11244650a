import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryStage } from '../../src/delivery/stage.ts';
import type { DeliveryPromise } from '../../src/topics/delivery-promises.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import type { Scan } from '../../src/topics/delivery-tracking.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { issues } from '../../src/topics/issues.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, dayMs, hourMs } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { promise, scan, time } from './a-parcel.ts';

const ordered = time('2026-12-01T09:00:00Z');
/** Of the promise that `promise()` makes. */
const windowEnd = time('2026-12-10T23:00:00Z');
const end = time('2027-06-01T00:00:00Z');

interface Story {
  readonly handedOverAfterDays: number;
  readonly deliveredAfterHours: number | undefined;
}

const recordsOf = (
  { handedOverAfterDays, deliveredAfterHours }: Story,
  index: number,
): { readonly promise: DeliveryPromise; readonly scans: readonly Scan[] } => {
  const identity = { number: `n${index}` };
  const at = (hours: number): string => new Date(after(ordered, hours * hourMs)).toISOString();
  return {
    promise: promise({ ...identity, customer: `c${index % 3}` as DeliveryPromise['customer'] }),
    scans: [
      scan('in-transit', at(handedOverAfterDays * 24), identity),
      ...(deliveredAfterHours === undefined ? [] : [scan('delivered', at(deliveredAfterHours), identity)]),
    ],
  };
};

/** All that the stage says of these parcels on a fleet, sorted. */
const run = async (stories: readonly Story[], partitions: number, processes: number): Promise<readonly string[]> => {
  const fleet = new Fleet({ stages: () => [deliveryStage({}, 120 * dayMs)], partitions, time: 'records', start: ordered });
  const all = stories.map(recordsOf);
  await fleet.produce(
    deliveryPromises,
    all.map((one) => [one.promise, ordered]),
  );
  const scans = all.flatMap((one) => one.scans).map((one) => [one, time(one.observedAt)] as const);
  await fleet.produce(
    deliveryTracking,
    scans.toSorted((a, b) => a[1] - b[1]),
  );
  await fleet.ticks(end);
  for (let index = 0; index < processes; index += 1) await fleet.startProcess(`p${index}`);
  await fleet.settle();
  return fleet
    .values(issues)
    .map(({ id, state, revision, detector, subject, finding }) => `${subject} ${detector} ${state} ${revision} ${finding.since} ${id}`)
    .sort();
};

/** Who misses the promise, by hand: delivered at the window's end plus the proof, or later, or never. */
const missedBy = (stories: readonly Story[]): readonly string[] =>
  stories.flatMap(({ deliveredAfterHours }, index) => {
    const delivered: Instant = deliveredAfterHours === undefined ? end : after(ordered, deliveredAfterHours * hourMs);
    return delivered > windowEnd + 60_000 ? [`dhl:n${index}:s1`] : [];
  });

describe('the delivery stage on the engine', () => {
  it('opens what a plain look at the history finds, the same over any partitions and processes', async () => {
    const story = fc.record({
      handedOverAfterDays: fc.integer({ min: 0, max: 12 }),
      deliveredAfterHours: fc.option(fc.integer({ min: 220, max: 250 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(story, { minLength: 1, maxLength: 12 }), async (stories) => {
        const said = await run(stories, 1, 1);
        expect(new Set(said.filter((line) => line.includes('promise-missed open 1')).map((line) => line.split(' ')[0]))).toEqual(
          new Set(missedBy(stories)),
        );
        expect(await run(stories, 3, 2)).toEqual(said);
      }),
      { numRuns: 12 },
    );
  });

  it('closes what arrives late and keeps open what never does, which is stalled and then lost', async () => {
    const said = await run(
      [
        { handedOverAfterDays: 2, deliveredAfterHours: 300 },
        { handedOverAfterDays: 2, deliveredAfterHours: undefined },
      ],
      2,
      1,
    );
    const handedOver = after(ordered, 2 * dayMs);
    expect(said.map((line) => line.split(' ').slice(0, 5).join(' '))).toEqual(
      [
        `dhl:n0:s1 promise-missed open 1 ${windowEnd}`,
        `dhl:n0:s1 promise-missed closed 2 ${windowEnd}`,
        `dhl:n1:s1 promise-missed open 1 ${windowEnd}`,
        `dhl:n1:s1 shipment-stalled open 1 ${after(handedOver, 25 * dayMs)}`,
        `dhl:n1:s1 lost-in-transit open 1 ${Math.max(handedOver + 35 * dayMs, windowEnd + 28 * dayMs)}`,
      ].sort(),
    );
  });
});
