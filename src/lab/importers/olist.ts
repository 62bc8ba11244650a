import { join } from 'node:path';
import type { EventRecord } from '../event-record.ts';
import { BadRows, readTable } from './csv-table.ts';
import type { ItemRow } from './olist/columns.ts';
import { customerColumns, itemColumns, orderColumns, sellerColumns } from './olist/columns.ts';
import { eventsOfOrder } from './olist/events-of-order.ts';
import type { OlistFlag } from './olist/flags.ts';

/** What an import gives: records in time order, and what to know about them. */
export interface Imported {
  readonly records: readonly EventRecord[];
  readonly orders: number;
  /** How many orders have each flag. */
  readonly flags: Readonly<Partial<Record<OlistFlag, number>>>;
}

/**
 * The orders of the Olist data set (orders, order_items, customers, sellers as CSV in `folder`) as events.
 * `zone`: the zone of the file's local times; the data set does not say, Olist is in São Paulo.
 * Throws AMENDS_FILE_UNREADABLE, and AMENDS_IMPORT_INVALID with file and column, or file and line of the bad rows.
 */
export const importOlist = async (folder: string, zone = 'America/Sao_Paulo'): Promise<Imported> => {
  const bad = new BadRows();
  const [orders, items, customers, sellers] = await Promise.all([
    readTable(join(folder, 'orders.csv'), orderColumns, bad),
    readTable(join(folder, 'order_items.csv'), itemColumns, bad),
    readTable(join(folder, 'customers.csv'), customerColumns, bad),
    readTable(join(folder, 'sellers.csv'), sellerColumns, bad),
  ]);
  const customerOf = new Map(customers.map((row) => [row.cells.customer_id, row]));
  const knownSellers = new Set(sellers.map((row) => row.cells.seller_id));
  const itemsOf = new Map<string, ItemRow[]>();
  for (const row of items) {
    const rows = itemsOf.get(row.cells.order_id);
    if (rows) rows.push(row);
    else itemsOf.set(row.cells.order_id, [row]);
  }
  const seen = new Set<string>();
  const records: EventRecord[] = [];
  const flags: Partial<Record<OlistFlag, number>> = {};
  for (const row of orders) {
    const id = row.cells.order_id;
    if (seen.has(id)) bad.add(row.place, `order ${id} is there twice`);
    seen.add(id);
    const customer = customerOf.get(row.cells.customer_id);
    if (!customer) bad.add(row.place, `customers.csv has no customer_id "${row.cells.customer_id}"`);
    else {
      const events = eventsOfOrder({ row, customer, items: itemsOf.get(id) ?? [] }, knownSellers, zone, bad);
      records.push(...events.records);
      for (const flag of events.flags) flags[flag] = (flags[flag] ?? 0) + 1;
    }
  }
  for (const [id, rows] of itemsOf) if (!seen.has(id)) bad.add(rows[0]?.place ?? 'order_items.csv', `orders.csv has no order_id "${id}"`);
  bad.refuse();
  // The sort is stable: at one instant an order's promise stays before its scans.
  return { records: records.sort((a, b) => a.timestamp - b.timestamp), orders: orders.length, flags };
};
