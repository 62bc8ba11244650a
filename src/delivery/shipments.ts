import type { Watches } from '../detection/track.ts';
import { noWatches } from '../detection/track.ts';
import type { Table } from '../engine/stage.ts';
import { invariant } from '../values/invariant.ts';
import type { Instant } from '../values/time.ts';
import type { MovingStatus, PromisedWindow, Shipment } from './shipment.ts';

/** A parcel, what was found about it, and when to look at it again. */
export interface ShipmentRow {
  readonly shipment: Shipment;
  readonly watches: Watches;
  readonly wakeAt: Instant | undefined;
}

/** By their place here they stand in the changelog: only ever add at the end. */
const moves: readonly MovingStatus[] = ['in-transit', 'out-for-delivery', 'attempt-failed', 'available-for-pickup'];

type Known<T> = T | null;
type PackedPromise = readonly [
  revision: number,
  madeAt: Instant,
  firstMadeAt: Instant,
  until: Instant,
  zone: string,
  seller: string,
  partition: number,
  offset: number,
];

/** A row as it stands in the changelog: an array that ends with the last thing known, so what most parcels never know comes last. */
type Packed = readonly [
  carrier: string,
  wakeAt: Known<Instant>,
  promise: Known<PackedPromise>,
  announced: 0 | 1,
  moved: readonly [status: number, at: Instant, told: number, code: string, partition: number, offset: number] | null,
  arrivedAt: Known<Instant>,
  returnedAt: Known<Instant>,
  attemptedAt: Known<Instant>,
  offeredAt: Known<Instant>,
  exceptionAt: Known<Instant>,
  lost: readonly [at: Instant, partition: number, offset: number] | null,
  odd: Known<readonly string[]>,
  watches: Known<Watches>,
];

const pack = ({ shipment: of, watches, wakeAt }: ShipmentRow): readonly unknown[] => {
  const { promise, moved, movedAt, lostAt } = of;
  const whole: Packed = [
    of.carrier,
    wakeAt ?? null,
    promise
      ? [
          promise.revision,
          promise.madeAt,
          promise.firstMadeAt,
          promise.until,
          promise.zone,
          promise.seller,
          promise.partition,
          promise.offset,
        ]
      : null,
    of.announced ? 1 : 0,
    moved !== undefined && movedAt !== undefined
      ? [moves.indexOf(moved), movedAt, of.movedTold, of.movedCode, of.movedPartition, of.movedOffset]
      : null,
    of.arrivedAt ?? null,
    of.returnedAt ?? null,
    of.attemptedAt ?? null,
    of.offeredAt ?? null,
    of.exceptionAt ?? null,
    lostAt !== undefined ? [lostAt, of.lostPartition, of.lostOffset] : null,
    of.odd.length ? of.odd : null,
    watches === noWatches ? null : watches,
  ];
  let { length } = whole as readonly unknown[];
  while (whole[length - 1] === null) length -= 1;
  return length === whole.length ? whole : whole.slice(0, length);
};

const unpackPromise = ([revision, madeAt, firstMadeAt, until, zone, seller, partition, offset]: PackedPromise): PromisedWindow => ({
  revision,
  madeAt,
  firstMadeAt,
  until,
  zone,
  seller,
  partition,
  offset,
});

const unpack = (packed: Partial<Packed>): ShipmentRow => {
  const [carrier = '', wakeAt, promise, announced, moved, arrivedAt, returnedAt, attemptedAt, offeredAt, exceptionAt, lost, odd, watches] =
    packed;
  return {
    shipment: {
      carrier,
      promise: promise ? unpackPromise(promise) : undefined,
      announced: announced === 1,
      moved: moved ? moves[moved[0]] : undefined,
      movedAt: moved?.[1],
      movedTold: moved?.[2] ?? 0,
      movedCode: moved?.[3] ?? '',
      movedPartition: moved?.[4] ?? 0,
      movedOffset: moved?.[5] ?? 0,
      exceptionAt: exceptionAt ?? undefined,
      lostAt: lost?.[0],
      lostPartition: lost?.[1] ?? 0,
      lostOffset: lost?.[2] ?? 0,
      attemptedAt: attemptedAt ?? undefined,
      offeredAt: offeredAt ?? undefined,
      arrivedAt: arrivedAt ?? undefined,
      returnedAt: returnedAt ?? undefined,
      odd: odd ?? [],
    },
    watches: watches ?? noWatches,
    wakeAt: wakeAt ?? undefined,
  };
};

/** By shipment. */
export const shipments: Table<ShipmentRow> = {
  name: 'shipments',
  version: 1,
  pack,
  upcast(from, stored) {
    invariant(from === 1, `shipments of version ${from}`);
    return unpack(stored as Partial<Packed>);
  },
  wakeAt: (row) => row.wakeAt,
};
