import type { Watches } from '../detection/track.ts';
import { noWatches } from '../detection/track.ts';
import type { Table } from '../engine/stage.ts';
import { invariant } from '../values/invariant.ts';
import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';
import { restedAt } from './rested-at.ts';
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
/** Milliseconds after the row's `base`: numbers of a few digits are written and read in a fraction of the time. */
type Offset = number;
type PackedPromise = readonly [
  revision: number,
  madeAt: Offset,
  firstMadeAt: Offset,
  until: Offset,
  zone: string,
  seller: string,
  partition: number,
  offset: number,
];

/** A row as it stands in the changelog: an array that ends with the last thing known, so what most parcels never know comes last. */
type Packed = readonly [
  carrier: string,
  base: number,
  wakeAt: Known<Offset>,
  promise: Known<PackedPromise>,
  announced: 0 | 1,
  moved: readonly [status: number, at: Offset, told: Offset, code: string, partition: number, offset: number] | null,
  arrivedAt: Known<Offset>,
  returnedAt: Known<Offset>,
  attemptedAt: Known<Offset>,
  offeredAt: Known<Offset>,
  exceptionAt: Known<Offset>,
  lost: readonly [at: Offset, partition: number, offset: number] | null,
  odd: Known<readonly string[]>,
  watches: Known<Watches>,
];

const pack = ({ shipment: of, watches, wakeAt }: ShipmentRow): readonly unknown[] => {
  const { promise, moved, movedAt, lostAt } = of;
  const base = promise?.madeAt ?? movedAt ?? 0;
  const since = (at: Instant | undefined): Known<Offset> => (at === undefined ? null : at - base);
  const whole: Packed = [
    of.carrier,
    base,
    since(wakeAt),
    promise
      ? [
          promise.revision,
          promise.madeAt - base,
          promise.firstMadeAt - base,
          promise.until - base,
          promise.zone,
          promise.seller,
          promise.partition,
          promise.offset,
        ]
      : null,
    of.announced ? 1 : 0,
    moved !== undefined && movedAt !== undefined
      ? [moves.indexOf(moved), movedAt - base, of.movedTold - base, of.movedCode, of.movedPartition, of.movedOffset]
      : null,
    since(of.arrivedAt),
    since(of.returnedAt),
    since(of.attemptedAt),
    since(of.offeredAt),
    since(of.exceptionAt),
    lostAt !== undefined ? [lostAt - base, of.lostPartition, of.lostOffset] : null,
    of.odd.length ? of.odd : null,
    watches === noWatches ? null : watches,
  ];
  let { length } = whole as readonly unknown[];
  while (whole[length - 1] === null) length -= 1;
  return length === whole.length ? whole : whole.slice(0, length);
};

const unpackPromise = (base: number, packed: PackedPromise): PromisedWindow => ({
  revision: packed[0],
  madeAt: instant(base + packed[1]),
  firstMadeAt: instant(base + packed[2]),
  until: instant(base + packed[3]),
  zone: packed[4],
  seller: packed[5],
  partition: packed[6],
  offset: packed[7],
});

// By index: to take an array apart by destructuring goes through its iterator, for each row read.
const unpack = (packed: Partial<Packed>): ShipmentRow => {
  const base = packed[1] ?? 0;
  const at = (offset: Known<Offset> | undefined): Instant | undefined =>
    offset === null || offset === undefined ? undefined : instant(base + offset);
  const promise = packed[3];
  const moved = packed[5];
  const lost = packed[11];
  return {
    shipment: {
      carrier: packed[0] ?? '',
      promise: promise ? unpackPromise(base, promise) : undefined,
      announced: packed[4] === 1,
      moved: moved ? moves[moved[0]] : undefined,
      movedAt: moved ? instant(base + moved[1]) : undefined,
      movedTold: moved ? base + moved[2] : 0,
      movedCode: moved?.[3] ?? '',
      movedPartition: moved?.[4] ?? 0,
      movedOffset: moved?.[5] ?? 0,
      exceptionAt: at(packed[10]),
      lostAt: lost ? instant(base + lost[0]) : undefined,
      lostPartition: lost?.[1] ?? 0,
      lostOffset: lost?.[2] ?? 0,
      attemptedAt: at(packed[8]),
      offeredAt: at(packed[9]),
      arrivedAt: at(packed[6]),
      returnedAt: at(packed[7]),
      odd: packed[12] ?? [],
    },
    watches: packed[13] ?? noWatches,
    wakeAt: at(packed[2]),
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
  // Rows of before parcels were forgotten may ask for nothing: they are looked at once.
  wakeAt: (row) => row.wakeAt ?? instant(Math.max(0, restedAt(row.shipment))),
};
