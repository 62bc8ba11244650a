import { describe, expect, it } from 'vitest';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { issues } from '../../src/topics/issues.ts';
import { after, instant, minuteMs } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { given } from './support/ordered.ts';
import { quick, stagesOf } from './support/policies.ts';
import type { Told } from './support/telling.ts';
import { armed, promised, scanned, tellAll } from './support/telling.ts';

const start = instant(Date.parse('2026-12-01T10:00:00Z'));

/** What is `known` was read; then nothing runs, and what is told `meanwhile` in `delivery.tracking` is gone before it starts again. */
const trimmed = async (known: readonly Told[], meanwhile: readonly Told[]): Promise<Fleet> => {
  const fleet = new Fleet({ stages: stagesOf(quick), partitions: 1, time: 'live', start });
  const before = await fleet.startProcess('before');
  await armed(quick, start).tell(fleet);
  for (const one of known.toSorted((a, b) => a.at - b.at)) {
    await fleet.pass(one.at - fleet.clock.now(), 5_000);
    await one.tell(fleet);
  }
  await fleet.pass(5_000);
  await before.engine.stop();
  fleet.processes.length = 0;
  await fleet.clock.advance(after(start, minuteMs));
  await tellAll(fleet, meanwhile);
  const [ends] = await fleet.outside.ends([{ topic: deliveryTracking.name, partition: 0 }]);
  fleet.broker.trim([{ topic: deliveryTracking.name, partition: 0, offset: ends?.high ?? 0 }]);
  await fleet.startProcess('after');
  return fleet;
};
const found = (fleet: Fleet): readonly string[] =>
  fleet.values(issues).map(({ customer, detector, state }) => `${customer} ${detector} ${state}`);
const until = '2026-12-01T10:03:00';
const arrived = scanned('ann', after(start, minuteMs), 'delivered');

describe('scans are deleted before anybody read them', () => {
  it('what was seen before proves no absence, until the parcel is heard of again', async () => {
    const fleet = await trimmed(
      [
        promised('ann', start, until),
        promised('bob', start, until),
        scanned('ann', start, 'in-transit'),
        scanned('bob', start, 'in-transit'),
      ],
      [arrived],
    );
    await fleet.pass(10 * minuteMs, 5_000);
    expect(fleet.told('GapFound').map(({ stage, topic, kind }) => [stage, topic, kind])).toEqual([
      ['delivery', deliveryTracking.name, 'trimmed'],
    ]);
    expect(found(fleet)).toEqual([]);
    await scanned('bob', fleet.clock.now(), 'in-transit', { code: 'found again' }).tell(fleet);
    await fleet.pass(5 * minuteMs, 5_000);
    expect(found(fleet)).toEqual(['bob promise-missed open']);
    expect(given(fleet)).toEqual(['bob gets: refund 600']);
  });

  it('a parcel whose first scans are among them is not taken to be late, though nothing of that input was read before', async () => {
    const fleet = await trimmed([promised('ann', start, until)], [arrived]);
    await fleet.pass(10 * minuteMs, 5_000);
    expect(fleet.told('GapFound').map(({ topic }) => topic)).toEqual([deliveryTracking.name]);
    expect(found(fleet)).toEqual([]);
  });

  it('a parcel that was promised after the last scan that was read is not taken to be late', async () => {
    const fleet = await trimmed([scanned('other', start, 'in-transit'), promised('ann', after(start, 10_000), until)], [arrived]);
    await fleet.pass(10 * minuteMs, 5_000);
    expect(found(fleet)).toEqual([]);
  });

  it('a parcel whose promise waited unread as well is not taken to be late', async () => {
    const fleet = await trimmed(
      [promised('other', start, until), scanned('other', start, 'in-transit')],
      [promised('ann', after(start, minuteMs), until), arrived],
    );
    await fleet.pass(10 * minuteMs, 5_000);
    expect(found(fleet)).toEqual([]);
  });
});
