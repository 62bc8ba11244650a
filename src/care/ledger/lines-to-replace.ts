import type { Component } from '../../topics/parts.ts';
import { orderCap } from './order-cap.ts';
import type { OrderLedger } from './order-ledger.ts';
import { givenByAnyone } from './sums.ts';

/** Lines of a part whose goods may be sent again, with the value that counts as given. */
export interface Replaceable {
  readonly lines: readonly string[];
  readonly components: readonly Component[];
  /** Lines of the part in all; a component of kind line that names no line makes them unknown (0). */
  readonly known: number;
}

/**
 * The lines of a part that nobody replaced and nobody gave money for, be it a share: a line gets refund or replacement,
 * never both. Money that somebody gave for goods without naming a line may have been for any of them, so then there are
 * none. Their value stays within the order's cap, like money.
 */
export const linesToReplace = (ledger: OrderLedger, part: string): Replaceable => {
  const goods = (ledger.parts[part] ?? []).filter(({ component }) => component === 'line');
  const given = givenByAnyone(ledger);
  const isGiven = (line: string): boolean => (given.get(`line/${line}`) ?? 0) > 0 || (given.get(`tax/${line}`) ?? 0) > 0;
  if (goods.some(({ line }) => line === undefined)) return { lines: [], components: [], known: 0 };
  let capMinor = orderCap(ledger);
  const components = goods.filter(({ line = '', money }) => {
    if (isGiven('') || isGiven(line) || ledger.replaced.includes(line) || money.amountMinor > capMinor) return false;
    capMinor -= money.amountMinor;
    return true;
  });
  return {
    lines: [...new Set(components.flatMap(({ line }) => line ?? []))],
    components,
    known: new Set(goods.map(({ line }) => line)).size,
  };
};
