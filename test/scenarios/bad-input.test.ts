import { describe, expect, it } from 'vitest';
import { letterHeaders } from '../../src/engine/dead-letter.ts';
import type { Outgoing } from '../../src/engine/log.ts';
import { deadLettersTopic } from '../../src/engine/topics.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { orderAdjustments } from '../../src/topics/order-adjustments.ts';
import { streamingPlayback } from '../../src/topics/streaming-playback.ts';
import { streamingPurchases } from '../../src/topics/streaming-purchases.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import type { Fleet } from '../engine/support/fleet.ts';
import { decemberFleet, fairly, on, tellDecember } from './support/december.ts';
import { given, ordered } from './support/ordered.ts';
import type { Told } from './support/telling.ts';
import { promised, scanned, scanOf } from './support/telling.ts';

const partitions = 2;
/** An hour before the end of the day on which most parcels are promised. */
const at = on('2026-12-10', '22:00:00');
const victim = 'dhl:victim:s1';

interface Bad {
  readonly topic?: string;
  readonly key?: string | null;
  readonly value: string | Buffer | null;
  /** Puts it where its key doesn't belong. */
  readonly misplaced?: true;
  /** Whose partition it comes in, where it has no key. */
  readonly beside?: string;
}

const bad = ({ topic = deliveryTracking.name, key = victim, value, misplaced, beside = victim }: Bad): Told => {
  const keyBytes = key === null ? null : Buffer.from(key);
  const right = partitionOf(keyBytes ?? Buffer.from(beside), partitions);
  const record: Outgoing = {
    topic,
    partition: misplaced ? (right + 1) % partitions : right,
    key: keyBytes,
    value: value === null ? null : Buffer.from(value),
    timestamp: at,
  };
  return { at, tell: (fleet) => fleet.produceRaw([record]) };
};

/** December with more told on the way. */
const december = async (more: readonly Told[]): Promise<Fleet> => {
  const fleet = decemberFleet();
  await fleet.startProcess('one');
  await tellDecember(fleet, undefined, more);
  return fleet;
};
const codes = (fleet: Fleet): readonly (string | undefined)[] =>
  fleet.broker.records(deadLettersTopic).map((letter) => letter.headers().get(letterHeaders.exception)?.toString());

/** The parcel's arrival, on the last day promised: were it lost, the parcel would look late. */
const arrival = scanOf('victim', at, 'delivered');
const { status: _status, ...withoutStatus } = arrival;
const json = (value: unknown): string => JSON.stringify(value);
const underWay: readonly Told[] = [
  promised('victim', on('2026-12-01', '10:01:00'), '2026-12-10', 'Europe/Berlin'),
  scanned('victim', on('2026-12-03', '11:00:00'), 'in-transit'),
];

const unreadable: readonly (readonly [string, string, Bad])[] = [
  ['is not JSON', 'AMENDS_RECORD_NOT_JSON', { value: json(arrival).slice(0, -5) }],
  ['has a field of a wrong type', 'AMENDS_RECORD_INVALID', { value: json({ ...arrival, observedAt: 7 }) }],
  ['lacks a field', 'AMENDS_RECORD_INVALID', { value: json(withoutStatus) }],
  ['has a status that nobody knows', 'AMENDS_RECORD_INVALID', { value: json({ ...arrival, status: 'teleported' }) }],
  ['is empty', 'AMENDS_RECORD_EMPTY', { value: '' }],
  ['has no value at all', 'AMENDS_RECORD_EMPTY', { value: null }],
  ['is 5 MB long', 'AMENDS_RECORD_TOO_LARGE', { value: Buffer.alloc(5_000_000, 'x') }],
  ['has no key', 'AMENDS_KEY_MISSING', { key: null, value: json(arrival) }],
  ['is under the key of another parcel', 'AMENDS_KEY_MISMATCH', { key: 'dhl:stranger:s1', beside: victim, value: json(arrival) }],
  ['is in the wrong partition', 'AMENDS_KEY_MISPLACED', { misplaced: true, value: json(arrival) }],
];

describe('the arrival of a parcel is told by a record that', () => {
  it('can be read: nothing of what follows is due to the parcel itself', async () => {
    const fleet = await december([...underWay, scanned('victim', at, 'delivered')]);
    expect([given(fleet), codes(fleet)]).toEqual([fairly, []]);
  });

  it('never came: then the parcel would be paid for', async () => {
    expect(given(await december(underWay))).toContain('victim gets: refund 600');
  });

  for (const [name, code, record] of unreadable)
    it(`${name}: it goes to the dead letters, its parcel is not taken to be late, all others get what they would`, async () => {
      const fleet = await december([...underWay, bad(record)]);
      expect(codes(fleet)).toEqual([code]);
      expect(ordered(fleet)).toEqual(ordered(await december([])));
    });

  it('has neither key nor a value that says whose it is: nobody of that partition is taken to be late until an operator lets it go', async () => {
    const fleet = await december([...underWay, bad({ key: null, value: 'garbage' })]);
    expect(codes(fleet)).toEqual(['AMENDS_RECORD_NOT_JSON']);
    expect(given(fleet).filter((line) => line.startsWith('victim'))).toEqual([]);
    const [process] = fleet.processes;
    expect(process?.engine.ready().why.join()).toContain('AMENDS_KEY_MISSING');
    await fleet.release('delivery');
    await fleet.ticks(on('2027-02-02'));
    await fleet.settle();
    expect(process?.engine.ready().ready).toBe(true);
  });
});

/** What December gives when this record is told too, an hour before the end of the promised day. */
const withBadRecord = async (topic: string, key: string): Promise<Fleet> => {
  const fleet = await december([bad({ topic, key, value: '{"order":' })]);
  expect(codes(fleet)).toEqual(['AMENDS_RECORD_NOT_JSON']);
  expect(fleet.told('SubjectQuarantined').map(({ subject }) => subject)).toEqual([key]);
  return fleet;
};
const butFor = (customer: string): readonly string[] => fairly.filter((line) => !line.startsWith(`${customer} `));

describe('a bad record on another input', () => {
  it('a promise: its parcel is not taken to be late', async () => {
    expect(given(await withBadRecord(deliveryPromises.name, 'dhl:late:s1'))).toEqual(butFor('late'));
  });

  it("a player's report: everyone else gets what they would", async () => {
    expect(given(await withBadRecord(streamingPlayback.name, 'evening-smooth'))).toEqual(fairly);
  });

  it('an adjustment, which may say that an associate already paid: the customer gets no money by itself, though the problem is found later', async () => {
    expect(given(await withBadRecord(orderAdjustments.name, 'late'))).toEqual(butFor('late'));
  });

  it('a purchase: the customer gets no money by itself, though the problem is found later', async () => {
    expect(given(await withBadRecord(streamingPurchases.name, 'late'))).toEqual(butFor('late'));
  });
});
