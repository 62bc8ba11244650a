import type { Component } from '../../topics/parts.ts';
import { addMinor, shareOfMinor } from '../../values/money.ts';
import { kindIn, lineIn, orderCap } from './order-cap.ts';
import type { OrderLedger } from './order-ledger.ts';
import { keyOf } from './order-ledger.ts';
import type { Sums } from './sums.ts';
import { givenByOthers, givenByUs, sumOf, totalOf } from './sums.ts';

/** What may be given now, with the figures it comes from, in minor units. */
export interface Left {
  readonly components: readonly Component[];
  readonly amountMinor: number;
  /** Paid for the components asked for. */
  readonly paidMinor: number;
  /** Given before that counts against them, by anyone. */
  readonly givenMinor: number;
}

/**
 * What others gave, as it counts against one part. What names the same component counts there. What names a kind without a
 * line (the shipping of the whole order) where the order's components have lines is a pool that counts against the part's
 * components of that kind until it is used up; what names a line where the components have none counts against the kind.
 * The same gift counts against every part: nobody says which one it was meant for, and too little is mended more easily than too much.
 */
const othersAgainst = (ledger: OrderLedger, paid: Sums): { readonly of: (key: string) => number; readonly pools: Map<string, number> } => {
  const direct = new Map<string, number>();
  const pools = new Map<string, number>();
  for (const [key, amountMinor] of givenByOthers(ledger)) {
    const whole = `${kindIn(key)}/`;
    if (paid.has(key)) direct.set(key, addMinor(direct.get(key) ?? 0, amountMinor));
    else if (lineIn(key) === '') pools.set(kindIn(key), amountMinor);
    else if (paid.has(whole)) direct.set(whole, addMinor(direct.get(whole) ?? 0, amountMinor));
  }
  return { of: (key) => direct.get(key) ?? 0, pools };
};

/** A line and its tax: one thing to the customer. */
const isGoods = ({ component }: Component): boolean => component === 'line' || component === 'tax';

/**
 * What may still be given for a part of an order: of each component of the `kinds` up to `share` of what was paid for it,
 * less what anyone gave for it, together no more than the order's cap (what was paid, less what anyone gave). A tax belongs
 * to its line: what was given for one beyond the share counts against the other. A replaced line gets nothing for either.
 */
export const leftToGive = (ledger: OrderLedger, part: string, kinds: readonly Component['component'][], share: number): Left => {
  const told = (ledger.parts[part] ?? []).filter(({ component }) => kinds.includes(component));
  const paidForAll = sumOf(Object.values(ledger.parts).flat());
  const others = othersAgainst(ledger, paidForAll);
  const ours = givenByUs(ledger, part);
  const byKey = sumOf(told);
  let capMinor = orderCap(ledger);
  let givenMinor = 0;
  const asked = [...byKey].flatMap(([key, paidMinor]) => {
    const of = told.find((each) => keyOf(each) === key);
    if (of === undefined) return [];
    const poolMinor = Math.min(others.pools.get(of.component) ?? 0, paidMinor);
    others.pools.set(of.component, (others.pools.get(of.component) ?? 0) - poolMinor);
    const beforeMinor = addMinor(addMinor(ours.get(key) ?? 0, others.of(key)), poolMinor);
    givenMinor = addMinor(givenMinor, beforeMinor);
    return [{ of, leftMinor: shareOfMinor(paidMinor, share) - beforeMinor }];
  });
  const overspent = new Map<string, number>();
  for (const { of, leftMinor } of asked)
    if (leftMinor < 0 && isGoods(of)) overspent.set(of.line ?? '', addMinor(overspent.get(of.line ?? '') ?? 0, -leftMinor));
  const components = asked.flatMap(({ of, leftMinor }): Component[] => {
    const line = of.line ?? '';
    const barred = isGoods(of) && ledger.replaced.includes(line);
    const overMinor = isGoods(of) ? Math.min(overspent.get(line) ?? 0, Math.max(0, leftMinor)) : 0;
    overspent.set(line, (overspent.get(line) ?? 0) - overMinor);
    const amountMinor = barred ? 0 : Math.max(0, Math.min(leftMinor - overMinor, capMinor));
    capMinor -= amountMinor;
    return amountMinor === 0 ? [] : [{ ...of, money: { amountMinor, currency: of.money.currency } }];
  });
  return { components, amountMinor: totalOf(sumOf(components)), paidMinor: totalOf(byKey), givenMinor };
};
