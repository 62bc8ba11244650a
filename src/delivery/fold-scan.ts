import type { Seen } from '../engine/stage.ts';
import type { Scan } from '../topics/delivery-tracking.ts';
import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';
import type { ScanFlag } from './observed-at.ts';
import { isPlain, readTime, toldOf } from './observed-at.ts';
import type { MovingStatus, Shipment } from './shipment.ts';
import { newShipment } from './shipment.ts';

/** How many scans with an odd time are remembered; a carrier that repeats more than that is taken at its word again. */
const oddKept = 8;

/** Between scans of one time: how far on its way each says the parcel is. */
const progress: Readonly<Record<MovingStatus, number>> = {
  'in-transit': 1,
  'out-for-delivery': 2,
  'attempt-failed': 3,
  'available-for-pickup': 4,
};

const first = (known: Instant | undefined, observed: Instant): Instant => (known === undefined || observed < known ? observed : known);
const last = (known: Instant | undefined, observed: Instant): Instant => (known === undefined || observed > known ? observed : known);

/**
 * A shipment with a carrier's scan. An older scan never sets it back, one that comes twice (same time, status and code)
 * changes nothing; then the same object comes back. `flag` hears what was odd (`README.md` says what becomes of it).
 */
export const foldScan = (shipment: Shipment | undefined, scan: Scan, at: Seen, flag: (flag: ScanFlag) => void = () => {}): Shipment => {
  const before = shipment ?? newShipment(scan.carrier);
  const told = toldOf(scan);
  if (isPlain(scan, told, at.time)) return apply(before, scan, told, instant(told), at, flag);
  const { observed, firm, flags } = readTime(scan, told, before.promise?.zone, at.time);
  const identity = `${told.toString(36)} ${scan.status} ${scan.code ?? ''}`;
  if (!firm && before.odd.includes(identity)) {
    flag('duplicate');
    return before;
  }
  for (const one of flags) flag(one);
  const next = apply(before, scan, told, observed, at, flag);
  return firm ? next : { ...next, odd: [...before.odd, identity].slice(-oddKept) };
};

const apply = (before: Shipment, scan: Scan, told: number, observed: Instant, at: Seen, flag: (flag: ScanFlag) => void): Shipment => {
  if (before.promise === undefined) flag('before-promise');
  if (before.arrivedAt !== undefined && observed > before.arrivedAt && scan.status !== 'returned') flag('after-delivery');
  switch (scan.status) {
    case 'in-transit':
    case 'out-for-delivery':
    case 'attempt-failed':
    case 'available-for-pickup':
      return move(before, scan.status, scan.code ?? '', told, observed, at, flag);
    case 'delivered': {
      if (before.moved === undefined) flag('no-hand-over');
      const arrivedAt = first(before.arrivedAt, observed);
      return arrivedAt === before.arrivedAt ? before : { ...before, arrivedAt };
    }
    case 'returned': {
      const returnedAt = last(before.returnedAt, observed);
      return returnedAt === before.returnedAt ? before : { ...before, returnedAt };
    }
    case 'exception': {
      const lost = scan.reason === 'lost' && (before.lostAt === undefined || observed > before.lostAt);
      const exceptionAt = last(before.exceptionAt, observed);
      const offeredAt = scan.reason === 'refused' ? first(before.offeredAt, observed) : before.offeredAt;
      if (!lost && exceptionAt === before.exceptionAt && offeredAt === before.offeredAt) return before;
      return lost
        ? { ...before, exceptionAt, offeredAt, lostAt: observed, lostPartition: at.partition, lostOffset: at.offset }
        : { ...before, exceptionAt, offeredAt };
    }
    case 'info-received':
      return before.announced ? before : { ...before, announced: true };
  }
};

const move = (
  before: Shipment,
  status: MovingStatus,
  code: string,
  told: number,
  observed: Instant,
  at: Seen,
  flag: (flag: ScanFlag) => void,
): Shipment => {
  const attemptedAt = status === 'attempt-failed' ? first(before.attemptedAt, observed) : before.attemptedAt;
  const offeredAt = status === 'available-for-pickup' ? first(before.offeredAt, observed) : before.offeredAt;
  if (isNewer(before, status, code, observed)) {
    return {
      ...before,
      moved: status,
      movedAt: observed,
      movedTold: told,
      movedCode: code,
      movedPartition: at.partition,
      movedOffset: at.offset,
      attemptedAt,
      offeredAt,
    };
  }
  flag(before.moved === status && before.movedAt === observed && before.movedCode === code ? 'duplicate' : 'out-of-order');
  return attemptedAt === before.attemptedAt && offeredAt === before.offeredAt ? before : { ...before, attemptedAt, offeredAt };
};

/** Of two scans of one time the one farther on its way counts as newer, then the one with the greater code: any order of the same scans ends in the same. */
const isNewer = (before: Shipment, status: MovingStatus, code: string, observed: Instant): boolean => {
  if (before.moved === undefined || before.movedAt === undefined || observed > before.movedAt) return true;
  if (observed < before.movedAt) return false;
  return progress[status] > progress[before.moved] || (status === before.moved && code > before.movedCode);
};
