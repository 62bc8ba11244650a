import { deliveryPromises } from '../../../src/topics/delivery-promises.ts';
import { orderAdjustments } from '../../../src/topics/order-adjustments.ts';
import type { Component } from '../../../src/topics/parts.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { streamingPurchases } from '../../../src/topics/streaming-purchases.ts';
import type { Observed } from '../observed.ts';
import type { Outputs } from './outputs-read.ts';
import { commandInWords } from './outputs-read.ts';
import { outsideInputs, readingOf, stagesOf } from './reading.ts';

/** An order's money as the log tells it. */
interface Order {
  /** What was ever said to be paid, by part of the order and component: the greatest of each, for promises are made anew. */
  readonly paid: Map<string, number>;
  /** What others gave, by time. */
  readonly others: { readonly at: number; readonly key: string; readonly amountMinor: number }[];
}

const keyOf = ({ component, line }: Component): string => `${component}/${line ?? ''}`;

const ordersOf = (run: Observed): ReadonlyMap<string, Order> => {
  const orders = new Map<string, Order>();
  const counted = new Set<string>();
  const orderOf = (id: string): Order => {
    const known = orders.get(id) ?? { paid: new Map(), others: [] };
    orders.set(id, known);
    return known;
  };
  const pay = (order: string, part: string, components: readonly Component[]): void => {
    const { paid } = orderOf(order);
    const sums = new Map<string, number>();
    for (const one of components) sums.set(keyOf(one), (sums.get(keyOf(one)) ?? 0) + one.money.amountMinor);
    for (const [key, sum] of sums) paid.set(`${part} ${key}`, Math.max(paid.get(`${part} ${key}`) ?? 0, sum));
  };
  for (const { input } of outsideInputs(stagesOf(run)))
    for (const record of run.inputs.get(input.topic.name) ?? []) {
      if (readingOf(input, record, run.partitions).kind !== 'read') continue;
      const promise = record.topic === deliveryPromises.name ? deliveryPromises.decode(record) : undefined;
      if (promise?.kind === 'read') pay(promise.value.order, String(record.key), promise.value.components);
      const purchase = record.topic === streamingPurchases.name ? streamingPurchases.decode(record) : undefined;
      if (purchase?.kind === 'read') pay(purchase.value.order, `title:${purchase.value.title}`, purchase.value.components);
      const adjusted = record.topic === orderAdjustments.name ? orderAdjustments.decode(record) : undefined;
      if (adjusted?.kind !== 'read' || adjusted.value.command !== undefined || counted.has(adjusted.value.adjustment)) continue;
      counted.add(adjusted.value.adjustment);
      if (!['refund', 'credit', 'replacement', 'chargeback'].includes(adjusted.value.kind)) continue;
      for (const one of adjusted.value.components)
        orderOf(adjusted.value.order).others.push({ at: record.timestamp, key: keyOf(one), amountMinor: one.money.amountMinor });
    }
  return orders;
};

/** What a command gives, in minor units. Goods count at what was paid for their lines. */
const worthOf = (command: Command, paidFor: (key: string) => number): number => {
  if (command.kind === 'refund' || command.kind === 'credit') return command.money.amountMinor;
  return command.kind === 'replacement' ? command.lines.reduce((sum, line) => sum + paidFor(`line/${line}`), 0) : 0;
};

/** No order ever gets from us more than was paid for it, less what others had given for it when that was decided. */
export const capsKept = (run: Observed, { commands }: Outputs): readonly string[] => {
  const orders = ordersOf(run);
  const given = new Map<string, number>();
  const problems: string[] = [];
  for (const { value: command } of commands.toSorted((a, b) => a.value.decidedAt - b.value.decidedAt)) {
    const order = command.order === undefined ? undefined : orders.get(command.order);
    const paidFor = (key: string): number =>
      [...(order?.paid ?? [])].filter(([name]) => name.endsWith(` ${key}`)).reduce((sum, [, amountMinor]) => sum + amountMinor, 0);
    const worth = worthOf(command, paidFor);
    if (worth === 0) continue;
    if (command.order === undefined || order === undefined) {
      problems.push(`cap exceeded: ${commandInWords(command)} is for an order of which the log says nothing`);
      continue;
    }
    const othersByKey = new Map<string, number>();
    for (const { at, key, amountMinor } of order.others)
      if (at < command.decidedAt) othersByKey.set(key, (othersByKey.get(key) ?? 0) + amountMinor);
    const others = [...othersByKey].reduce((sum, [key, amountMinor]) => {
      const paid = paidFor(key);
      return sum + (key.endsWith('/') ? amountMinor : Math.min(amountMinor, paid));
    }, 0);
    const paid = [...order.paid.values()].reduce((sum, amountMinor) => sum + amountMinor, 0);
    const before = given.get(command.order) ?? 0;
    given.set(command.order, before + worth);
    if (before + worth > Math.max(0, paid - others))
      problems.push(
        `cap exceeded: ${commandInWords(command)} brings order ${command.order} to ${before + worth}; paid ${paid}, given by others before ${others}`,
      );
  }
  return problems;
};
