import type { ScanStatus } from '../topics/delivery-tracking.ts';
import type { Instant } from '../values/time.ts';

/** What the detectors need of the promise in force; the rest of it has a row of its own (`promised.ts`). */
export interface PromisedWindow {
  readonly revision: number;
  readonly madeAt: Instant;
  /** When the first promise that was seen was made: what a carrier dates before it is no sign of this parcel's age. */
  readonly firstMadeAt: Instant;
  /** The end of the window: the first instant at which the promise is broken. */
  readonly until: Instant;
  /** Of the address it goes to. */
  readonly zone: string;
  readonly seller: string;
  readonly partition: number;
  readonly offset: number;
}

/** A scan by which a parcel moved: the carrier had it in its hands. `info-received` and `exception` are none. */
export type MovingStatus = 'in-transit' | 'out-for-delivery' | 'attempt-failed' | 'available-for-pickup';

/**
 * Where a parcel is, as far as its promise and scans tell. Every field is a greatest or least over all scans, so the
 * order in which scans come doesn't matter, nor does one that comes twice. All fields are always there: a million of
 * these are copied a minute.
 */
export interface Shipment {
  readonly carrier: string;
  readonly promise: PromisedWindow | undefined;
  /** The carrier knows of it, but may not have it. */
  readonly announced: boolean;
  /** The newest moving scan, by when it was observed. */
  readonly moved: MovingStatus | undefined;
  readonly movedAt: Instant | undefined;
  /** When the carrier says it was, as it came: the part of the id that must not depend on our reading of it. */
  readonly movedTold: number;
  readonly movedCode: string;
  readonly movedPartition: number;
  readonly movedOffset: number;
  readonly exceptionAt: Instant | undefined;
  /** The newest declaration of the carrier that it is lost. */
  readonly lostAt: Instant | undefined;
  readonly lostPartition: number;
  readonly lostOffset: number;
  /** The first attempt that failed. */
  readonly attemptedAt: Instant | undefined;
  /** First there for the customer to take: available for pickup, or refused at the door. */
  readonly offeredAt: Instant | undefined;
  /** First delivered. */
  readonly arrivedAt: Instant | undefined;
  /** Last seen on its way back. */
  readonly returnedAt: Instant | undefined;
  /** Scans whose time was not taken as it came (`oddTimeOf`), so that they are known when they come again; the newest few. */
  readonly odd: readonly string[];
}

/** A parcel of which nothing is known yet. */
export const newShipment = (carrier: string): Shipment => ({
  carrier,
  promise: undefined,
  announced: false,
  moved: undefined,
  movedAt: undefined,
  movedTold: 0,
  movedCode: '',
  movedPartition: 0,
  movedOffset: 0,
  exceptionAt: undefined,
  lostAt: undefined,
  lostPartition: 0,
  lostOffset: 0,
  attemptedAt: undefined,
  offeredAt: undefined,
  arrivedAt: undefined,
  returnedAt: undefined,
  odd: [],
});

/** Whether nothing more is expected: delivered, or on its way back. */
export const isFinished = (shipment: Shipment): boolean => shipment.arrivedAt !== undefined || shipment.returnedAt !== undefined;

/** Whether the carrier declared it lost and has not been seen to move it since. */
export const isDeclaredLost = (shipment: Shipment): boolean =>
  shipment.lostAt !== undefined && !isFinished(shipment) && (shipment.movedAt === undefined || shipment.lostAt >= shipment.movedAt);

/** The milestone that a parcel has reached; `undefined` while no scan is known. */
export const milestoneOf = (shipment: Shipment): ScanStatus | undefined => {
  const { arrivedAt, returnedAt, exceptionAt, movedAt } = shipment;
  // On its way back, unless delivered after that.
  if (returnedAt !== undefined && (arrivedAt === undefined || returnedAt >= arrivedAt)) return 'returned';
  if (arrivedAt !== undefined) return 'delivered';
  if (exceptionAt !== undefined && (movedAt === undefined || exceptionAt > movedAt)) return 'exception';
  return shipment.moved ?? (shipment.announced ? 'info-received' : undefined);
};
