import type { Instant } from '../../../values/time.ts';
import type { Times } from './times.ts';

/** What is odd about an order; it is kept all the same, and its promise carries the flags in the header `amends.flags`. */
export type OlistFlag =
  | 'no-items'
  | 'several-sellers'
  | 'unknown-seller'
  | 'not-approved'
  | 'approved-after-promised-day'
  | 'handed-over-before-approval'
  | 'delivered-without-date'
  | 'delivered-before-hand-over'
  | 'delivered-before-approval'
  | 'cancellation-dated-by-last-step'
  | 'cancelled-though-delivered';

/** The header of a promise that lists its order's flags. */
export const flagsHeader = 'amends.flags';

/** The flags of an order; `promisedUntil` is the end of the promised day, `items` how many it has, `known` the sellers that are listed. */
export const flagsOf = (
  status: string,
  times: Times,
  promisedUntil: Instant,
  items: number,
  sellers: ReadonlySet<string>,
  known: ReadonlySet<string>,
): readonly OlistFlag[] => {
  const { approved, handedOver, delivered } = times;
  const isBefore = (a: Instant | undefined, b: Instant | undefined): boolean => a !== undefined && b !== undefined && a < b;
  const cancelled = status === 'canceled' || status === 'unavailable';
  const found: Record<OlistFlag, boolean> = {
    'no-items': items === 0,
    'several-sellers': sellers.size > 1,
    'unknown-seller': [...sellers].some((seller) => !known.has(seller)),
    'not-approved': approved === undefined,
    'approved-after-promised-day': approved !== undefined && approved >= promisedUntil,
    'handed-over-before-approval': isBefore(handedOver, approved),
    'delivered-without-date': status === 'delivered' && delivered === undefined,
    'delivered-before-hand-over': isBefore(delivered, handedOver),
    'delivered-before-approval': isBefore(delivered, approved),
    'cancellation-dated-by-last-step': cancelled,
    'cancelled-though-delivered': cancelled && delivered !== undefined,
  };
  return (Object.keys(found) as OlistFlag[]).filter((flag) => found[flag]);
};
