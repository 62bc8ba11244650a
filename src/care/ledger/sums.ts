import type { Component } from '../../topics/parts.ts';
import { addMinor } from '../../values/money.ts';
import type { OrderLedger, OwnGift } from './order-ledger.ts';
import { keyOf } from './order-ledger.ts';

/** Minor units by component. */
export type Sums = ReadonlyMap<string, number>;

/** The sum of components, by component. */
export const sumOf = (components: readonly Component[]): Sums => {
  const sums = new Map<string, number>();
  for (const component of components) sums.set(keyOf(component), addMinor(sums.get(keyOf(component)) ?? 0, component.money.amountMinor));
  return sums;
};

/** Two sums as one: of each component both together. */
const together = (...all: readonly Sums[]): Sums => {
  const sums = new Map<string, number>();
  for (const each of all) for (const [key, amountMinor] of each) sums.set(key, addMinor(sums.get(key) ?? 0, amountMinor));
  return sums;
};

/**
 * What was carried out in a command's name beyond what we ordered. Nothing while the totals agree, for that is the same
 * money, however the executor books it; else of each component what is more than was ordered.
 */
const excess = ({ ordered, executed }: OwnGift): Sums => {
  const asOrdered = sumOf(ordered);
  const asExecuted = sumOf(executed);
  if (totalOf(asExecuted) <= totalOf(asOrdered)) return new Map();
  return new Map([...asExecuted].map(([key, amountMinor]) => [key, Math.max(0, amountMinor - (asOrdered.get(key) ?? 0))]));
};

/** What we ordered for a part of the order. */
export const givenByUs = (ledger: OrderLedger, part: string): Sums =>
  together(
    ...Object.values(ledger.ours)
      .filter((gift) => gift.part === part)
      .map(({ ordered }) => sumOf(ordered)),
  );

/** What others gave, and what was carried out in our name beyond what we ordered: nobody knows for which part. */
export const givenByOthers = (ledger: OrderLedger): Sums =>
  together(new Map(Object.entries(ledger.others)), ...Object.values(ledger.ours).map(excess));

/** What was given on the order by anyone, money and goods at their value. */
export const givenByAnyone = (ledger: OrderLedger): Sums =>
  together(givenByOthers(ledger), ...Object.values(ledger.ours).map(({ ordered }) => sumOf(ordered)));

/** The total of sums in minor units. */
export const totalOf = (sums: Sums): number => [...sums.values()].reduce(addMinor, 0);
