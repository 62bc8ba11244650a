import type { OrderLedger, Stop } from './order-ledger.ts';

/** The cancellation that took away all of a part of the order; undefined where something of it is still to come. */
export const cancellationOf = (ledger: OrderLedger, part: string): Stop | undefined => {
  const lines = (ledger.parts[part] ?? []).flatMap(({ line }) => line ?? []);
  return ledger.stops.find(
    ({ kind, lines: cancelled = [] }) =>
      kind === 'cancellation' && (cancelled.length === 0 || (lines.length > 0 && lines.every((line) => cancelled.includes(line)))),
  );
};
