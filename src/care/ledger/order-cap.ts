import type { OrderLedger } from './order-ledger.ts';
import { givenByAnyone, sumOf, totalOf } from './sums.ts';

/** The line in a component's name in the books; empty where it is of the whole order. */
export const lineIn = (key: string): string => key.slice(key.indexOf('/') + 1);

/** The kind in a component's name in the books. */
export const kindIn = (key: string): string => key.slice(0, key.indexOf('/'));

/** The order's cap in minor units: what was paid for all of it that we know, less what anyone gave, but for lines whose price we don't know either. */
export const orderCap = (ledger: OrderLedger): number => {
  const paid = sumOf(Object.values(ledger.parts).flat());
  const lines = new Set([...paid.keys()].map(lineIn));
  const given = new Map([...givenByAnyone(ledger)].filter(([key]) => lineIn(key) === '' || lines.has(lineIn(key))));
  return Math.max(0, totalOf(paid) - totalOf(given));
};
