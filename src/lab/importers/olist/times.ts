import { instantOfLocalTime, isLocalDayOrTime } from '../../../values/local-time.ts';
import type { Instant } from '../../../values/time.ts';
import { instant } from '../../../values/time.ts';
import type { BadRows } from '../csv-table.ts';
import type { OrderRow } from './columns.ts';

/** When each step of an order happened, as far as it did. */
export interface Times {
  readonly purchased: Instant;
  readonly approved: Instant | undefined;
  readonly handedOver: Instant | undefined;
  readonly delivered: Instant | undefined;
}

/** The last thing that is known of an order. */
export const lastOf = ({ purchased, approved, handedOver, delivered }: Times): Instant =>
  instant(Math.max(purchased, approved ?? purchased, handedOver ?? purchased, delivered ?? purchased));

/** An order's times, local to `zone` in the file; what is no time is a bad row, and then there are none. */
export const timesOf = (row: OrderRow, zone: string, bad: BadRows): Times | undefined => {
  let ok = true;
  const read = (column: keyof OrderRow['cells']): Instant | undefined => {
    const cell = row.cells[column];
    if (cell === '') return undefined;
    const local = cell.replace(' ', 'T');
    if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(local) && isLocalDayOrTime(local)) return instantOfLocalTime(local, zone);
    bad.add(row.place, `${column}: expected a time such as 2018-03-01 10:00:00, got "${cell}"`);
    ok = false;
    return undefined;
  };
  const purchased = read('order_purchase_timestamp');
  const approved = read('order_approved_at');
  const handedOver = read('order_delivered_carrier_date');
  const delivered = read('order_delivered_customer_date');
  if (purchased === undefined && ok) bad.add(row.place, 'order_purchase_timestamp: missing');
  return purchased !== undefined && ok ? { purchased, approved, handedOver, delivered } : undefined;
};
