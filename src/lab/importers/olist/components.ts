import type { Component } from '../../../topics/parts.ts';
import { minorDigitsOf } from '../../../values/money.ts';
import type { BadRows } from '../csv-table.ts';
import { minorUnitsOf } from '../minor-units.ts';
import type { ItemRow } from './columns.ts';

/** Olist sells in reais. */
export const currency = 'BRL';

/** What was paid for an item: its price and its freight, where they are more than nothing. */
export const componentsOf = (item: ItemRow, bad: BadRows): readonly Component[] => {
  const line = item.cells.order_item_id;
  const amount = (column: 'price' | 'freight_value'): number => {
    const amountMinor = minorUnitsOf(item.cells[column], minorDigitsOf(currency));
    if (amountMinor === undefined) bad.add(item.place, `${column}: expected an amount such as 99.90, got "${item.cells[column]}"`);
    return amountMinor ?? 0;
  };
  const components: readonly Component[] = [
    { line, component: 'line', money: { amountMinor: amount('price'), currency } },
    { line, component: 'shipping', money: { amountMinor: amount('freight_value'), currency } },
  ];
  return components.filter(({ money }) => money.amountMinor > 0);
};
