import type { OrderAdjustment } from '../../topics/order-adjustments.ts';
import type { Component } from '../../topics/parts.ts';
import type { Position } from '../../values/record.ts';
import { addMinor } from '../../values/money.ts';
import type { OrderLedger, Stop } from './order-ledger.ts';
import { keyOf } from './order-ledger.ts';

/** How many positions of adjustments a ledger remembers as evidence. */
const evidenceKept = 10;

const plus = (sums: Readonly<Record<string, number>>, components: readonly Component[]): Record<string, number> => {
  const result = { ...sums };
  for (const component of components) result[keyOf(component)] = addMinor(result[keyOf(component)] ?? 0, component.money.amountMinor);
  return result;
};

const linesOf = (components: readonly Component[]): string[] => components.flatMap(({ line }) => line ?? []);

const given = (ledger: OrderLedger, { command, components }: OrderAdjustment): OrderLedger => {
  if (command === undefined) return { ...ledger, others: plus(ledger.others, components) };
  const gift = ledger.ours[command] ?? { part: '', ordered: [], executed: [] };
  return { ...ledger, ours: { ...ledger.ours, [command]: { ...gift, executed: [...gift.executed, ...components] } } };
};

const stopped = (ledger: OrderLedger, { adjustment, by }: OrderAdjustment, kind: Stop['kind']): OrderLedger =>
  ledger.stops.some((stop) => stop.kind === kind) ? ledger : { ...ledger, stops: [...ledger.stops, { kind, adjustment, by }] };

/** Cancellations of single lines add up; one that names none is of the whole order. */
const cancelled = (ledger: OrderLedger, adjustment: OrderAdjustment): OrderLedger => {
  const before = ledger.stops.find(({ kind }) => kind === 'cancellation');
  const named = linesOf(adjustment.components);
  const whole = named.length === 0 || before?.lines?.length === 0;
  const lines = whole ? [] : [...new Set([...(before?.lines ?? []), ...named])].sort();
  const stop: Stop = { kind: 'cancellation', adjustment: adjustment.adjustment, by: adjustment.by, lines };
  return { ...ledger, stops: [...ledger.stops.filter((each) => each !== before), stop] };
};

/** What an adjustment means beyond its currency. A gift of an amount that is not told could be all of it: then a person must look. */
const counted = (ledger: OrderLedger, adjustment: OrderAdjustment): OrderLedger => {
  switch (adjustment.kind) {
    case 'refund':
    case 'credit':
      return adjustment.components.length === 0 && adjustment.command === undefined
        ? stopped(ledger, adjustment, 'unknown amount')
        : given(ledger, adjustment);
    case 'replacement': {
      if (adjustment.command !== undefined) return given(ledger, adjustment);
      const lines = linesOf(adjustment.components);
      if (lines.length === 0) return stopped(ledger, adjustment, 'unknown amount');
      return { ...given(ledger, adjustment), replaced: [...new Set([...ledger.replaced, ...lines])].sort() };
    }
    case 'chargeback':
      return stopped(given(ledger, adjustment), adjustment, 'chargeback');
    case 'cancellation':
      return cancelled(ledger, adjustment);
    case 'return':
    case 'dispute':
      return stopped(ledger, adjustment, adjustment.kind);
  }
};

/** The books with an adjustment that was not counted before, told at `at`. One that names a command of ours is the same money, not more. */
export const countAdjustment = (ledger: OrderLedger, adjustment: OrderAdjustment, at: Position): OrderLedger => {
  const currency = ledger.currency ?? adjustment.components[0]?.money.currency;
  const mixed = ledger.mixed || adjustment.components.some(({ money }) => money.currency !== currency);
  const position = { topic: at.topic, partition: at.partition, offset: at.offset };
  return {
    ...counted(ledger, adjustment),
    ...(currency !== undefined && { currency }),
    mixed,
    evidence: [...ledger.evidence, position].slice(-evidenceKept),
  };
};
