import type { Component } from '../../topics/parts.ts';
import type { OrderLedger } from './order-ledger.ts';

/** The books with what was paid for a part of the order (a shipment, a title): the last word counts; no components say nothing. */
export const learnPart = (ledger: OrderLedger, part: string, components: readonly Component[]): OrderLedger => {
  const [first] = components;
  if (first === undefined) return ledger;
  const currency = ledger.currency ?? first.money.currency;
  const mixed = ledger.mixed || components.some(({ money }) => money.currency !== currency);
  return { ...ledger, currency, mixed, parts: { ...ledger.parts, [part]: components } };
};
