import type { DeliveryPromise } from '../../src/topics/delivery-promises.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import type { Scan } from '../../src/topics/delivery-tracking.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { orderAdjustments } from '../../src/topics/order-adjustments.ts';
import { shipmentIdOf } from '../../src/topics/shipment.ts';
import { streamingPlayback } from '../../src/topics/streaming-playback.ts';
import { streamingPurchases } from '../../src/topics/streaming-purchases.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, minuteMs, secondMs } from '../../src/values/time.ts';
import { Chance } from '../../src/world/chance.ts';
import type { WorldRecord } from '../../src/world/world-record.ts';
import { recordOf } from '../../src/world/world-record.ts';
import type { Script, Told } from './story.ts';
import { fine, inOrder, spoiltOf, withDuplicates } from './story.ts';

const iso = (at: Instant): string => new Date(at).toISOString();

const fates = [
  'on time',
  'just in time',
  'late',
  'a little late',
  'stalled',
  'declared lost',
  'lost',
  'helped',
  'cancelled',
  'promised anew',
] as const;

const money = (amountMinor: number): { readonly amountMinor: number; readonly currency: string } => ({ amountMinor, currency: 'EUR' });

/** One parcel within minutes: what is promised, scanned, given and cancelled. */
const parcel = (number: number, customer: string, start: Instant, chance: Chance): readonly WorldRecord[] => {
  const fate = chance.pick(fates);
  const name = `p${number}`;
  const identity = { carrier: 'dhl', number: name, shipment: 's1' };
  const order = `order-${name}`;
  const madeAt = after(start, chance.int(1, 4 * 60) * secondMs);
  const promisedFor = chance.int(3, 6) * minuteMs;
  const until = after(madeAt, promisedFor);
  const components: DeliveryPromise['components'] = [
    { line: 'l1', component: 'line', money: money(chance.int(900, 9_000)) },
    { line: 'l1', component: 'tax', money: money(400) },
    { component: 'shipping', money: money(600) },
  ];
  const paid = components.reduce((sum, { money: { amountMinor } }) => sum + amountMinor, 0);
  const promise = (revision: number, at: Instant, end: Instant): WorldRecord =>
    recordOf(
      deliveryPromises,
      deliveryPromises.schema.parse({
        ...identity,
        revision,
        madeAt: iso(at),
        order,
        customer,
        seller: 'acme',
        fulfilledBy: chance.happens(0.7) ? 'us' : 'seller',
        lines: [{ line: 'l1', quantity: 1 }],
        components,
        tenders: [{ tender: 'card', money: money(paid), captured: true }],
        gift: false,
        window: { from: iso(at).slice(0, 10), until: iso(end).slice(0, 19), zone: 'UTC' },
        locale: 'en',
      }),
      at,
    );
  const scan = (status: Scan['status'], at: Instant, more: Partial<Scan> = {}): WorldRecord =>
    recordOf(
      deliveryTracking,
      deliveryTracking.schema.parse({ ...identity, status, observedAt: iso(at), ...more }),
      after(at, chance.int(0, 8_000)),
    );
  const adjusted = (kind: 'refund' | 'cancellation', by: 'associate' | 'self-service', at: Instant): WorldRecord =>
    recordOf(
      orderAdjustments,
      orderAdjustments.schema.parse({
        adjustment: `${kind}-${name}`,
        customer,
        order,
        kind,
        by,
        components: kind === 'refund' ? components.slice(2) : components,
        madeAt: iso(at),
      }),
      at,
    );
  const begun = [
    promise(1, madeAt, until),
    scan('info-received', after(madeAt, chance.int(1, 30) * secondMs)),
    scan('in-transit', after(madeAt, chance.int(31, 90) * secondMs)),
  ];
  const beside = (ms: number): Instant => after(until, ms);
  switch (fate) {
    case 'on time':
      return [...begun, scan('delivered', beside(-chance.int(20, 100) * secondMs))];
    case 'just in time':
      // Before the deadline; it may reach the log within the grace.
      return [...begun, scan('delivered', beside(-chance.int(0, 3_000)))];
    case 'late':
      return [...begun, scan('out-for-delivery', beside(-10_000)), scan('delivered', beside(chance.int(80, 300) * secondMs))];
    case 'a little late':
      return [...begun, scan('delivered', beside(chance.int(12, 60) * secondMs))];
    case 'stalled':
      return [
        ...begun,
        scan('in-transit', beside(chance.int(120, 200) * secondMs)),
        scan('delivered', beside(chance.int(210, 400) * secondMs)),
      ];
    case 'declared lost':
      return [...begun, scan('exception', beside(-chance.int(-60, 60) * secondMs), { reason: 'lost' })];
    case 'lost':
      return begun;
    case 'helped':
      return [...begun, adjusted('refund', 'associate', beside(chance.int(-10, 90) * secondMs)), scan('delivered', beside(200_000))];
    case 'cancelled':
      return [...begun, adjusted('cancellation', 'self-service', beside(chance.int(-60, 60) * secondMs))];
    case 'promised anew':
      return [
        ...begun,
        promise(2, beside(-chance.int(5, 60) * secondMs), beside(90_000)),
        scan('delivered', beside(chance.int(30, 200) * secondMs)),
      ];
  }
};

const film = (number: number, customer: string, start: Instant, chance: Chance): readonly WorldRecord[] => {
  const begins = after(start, chance.int(60, 240) * secondMs);
  const stutters = chance.happens(0.6);
  const offer = chance.happens(0.75) ? 'rental' : 'subscription';
  const common = { session: `f${number}`, customer, title: `title-${number}`, offer } as const;
  const said = (ms: number, rest: object): WorldRecord =>
    recordOf(
      streamingPlayback,
      streamingPlayback.schema.parse({ ...common, observedAt: iso(after(begins, ms)), ...rest }),
      after(begins, ms + chance.int(0, 2_000)),
    );
  const bought =
    offer === 'rental'
      ? [
          recordOf(
            streamingPurchases,
            streamingPurchases.schema.parse({
              customer,
              order: `v${number}`,
              title: common.title,
              offer,
              components: [{ line: 'l1', component: 'line', money: money(399) }],
              tenders: [],
              purchasedAt: iso(after(begins, -20_000)),
              zone: 'Europe/Berlin',
              locale: 'en',
            }),
            after(begins, -20_000),
          ),
        ]
      : [];
  return [
    ...bought,
    said(0, { event: 'start', startupMs: 900 }),
    said(90_000, { event: 'heartbeat', positionMs: 85_000, playedMs: 85_000, throughputKbps: 5_000, bitrateKbps: 4_000 }),
    ...(stutters
      ? [0, 1, 2].map((stall) => said(100_000 + 70_000 * stall, { event: 'stall', positionMs: 86_000 + stall, stalledMs: 65_000 }))
      : []),
    said(stutters ? 320_000 : 200_000, { event: 'end', positionMs: 190_000, why: stutters ? 'abandoned' : 'finished' }),
  ];
};

/** Some customers in live time, whose parcels and films take minutes. */
export const scriptInLive = (seed: number, start: Instant): Script => {
  const chance = new Chance(seed, 'live-script');
  const parcels = chance.int(6, 16);
  const films = chance.int(1, 3);
  const customers = Math.max(3, Math.round(parcels * 0.7));
  const told: Told[] = [];
  for (let number = 1; number <= parcels; number += 1) {
    const own = new Chance(seed, 'parcel', number);
    told.push(...parcel(number, `c${own.int(1, customers)}`, start, own).map(fine));
  }
  for (let number = 1; number <= films; number += 1) {
    const own = new Chance(seed, 'film', number);
    told.push(...film(number, `c${own.int(1, customers)}`, start, own).map(fine));
  }
  const scans = told.filter(({ record }) => record.topic === deliveryTracking.name).map(({ record }) => record);
  const subjectOf = (record: WorldRecord): string => shipmentIdOf(JSON.parse(record.value?.toString('utf8') ?? '{}') as Scan);
  const bad: Told[] = [];
  if (chance.happens(0.5)) {
    const record = chance.pick(scans);
    const how = chance.pick(['not-json', 'unknown-status', 'no-key', 'empty'] as const);
    bad.push({
      record: { ...spoiltOf(record, how), timestamp: after(record.timestamp, chance.int(1, 20) * secondMs) },
      kinds: ['a bad record'],
      about: subjectOf(record),
    });
  }
  if (chance.happens(0.4)) {
    const record = chance.pick(scans);
    const other = chance.pick(scans);
    const timestamp = after(record.timestamp, chance.int(1, 20) * secondMs);
    if (record.key && other.key && !record.key.equals(other.key))
      bad.push({ record: { ...record, key: other.key, timestamp }, kinds: ['a record under a wrong key'], about: subjectOf(record) });
  }
  if (chance.happens(0.3)) {
    const record = chance.pick(scans);
    const timestamp = after(record.timestamp, chance.int(1, 20) * secondMs);
    bad.push({ record: { ...record, timestamp, fault: 'misplaced' }, kinds: ['a record under a wrong key'], about: subjectOf(record) });
  }
  // A network holds back one record until others have passed it.
  const reordered = told.map((each): Told => {
    if (!chance.happens(0.05)) return each;
    return {
      record: { ...each.record, timestamp: after(each.record.timestamp, chance.int(5, 60) * secondMs) },
      kinds: ['reordered input'],
    };
  });
  const all = inOrder([...withDuplicates(reordered, 0.05, 30_000, chance), ...bad]);
  const end = all.at(-1)?.record.timestamp ?? start;
  return { start, end, until: after(end, 9 * minuteMs), told: all };
};
