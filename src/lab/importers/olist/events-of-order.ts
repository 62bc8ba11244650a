import type { ZodType } from 'zod';
import type { Topic } from '../../../formats/topic.ts';
import type { DeliveryPromise } from '../../../topics/delivery-promises.ts';
import { deliveryPromises } from '../../../topics/delivery-promises.ts';
import type { Scan } from '../../../topics/delivery-tracking.ts';
import { deliveryTracking } from '../../../topics/delivery-tracking.ts';
import type { OrderAdjustment } from '../../../topics/order-adjustments.ts';
import { orderAdjustments } from '../../../topics/order-adjustments.ts';
import type { CustomerId, OrderId } from '../../../values/ids.ts';
import { endOfLocalDay, isLocalDayOrTime } from '../../../values/local-time.ts';
import type { Instant } from '../../../values/time.ts';
import type { EventRecord } from '../../event-record.ts';
import type { BadRows } from '../csv-table.ts';
import type { CustomerRow, ItemRow, OrderRow } from './columns.ts';
import { componentsOf, currency } from './components.ts';
import type { OlistFlag } from './flags.ts';
import { flagsHeader, flagsOf } from './flags.ts';
import { lastOf, timesOf } from './times.ts';
import { zoneOfState } from './zone-of-state.ts';

const statuses = new Set(['created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'canceled', 'unavailable']);
const carrier = 'olist';

const iso = (at: Instant): string => new Date(at).toISOString();
const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(day) && isLocalDayOrTime(day);

/** What the rows of one order are made from. */
interface OrderRows {
  readonly row: OrderRow;
  readonly customer: CustomerRow;
  readonly items: readonly ItemRow[];
}

/**
 * The events of one order: its promise at the approval (at the purchase, where it was never approved), its scans, its
 * cancellation. `zone` is that of the file's local times. What is wrong with the rows goes to `bad`.
 */
export const eventsOfOrder = (
  { row, customer, items }: OrderRows,
  knownSellers: ReadonlySet<string>,
  zone: string,
  bad: BadRows,
): { readonly records: readonly EventRecord[]; readonly flags: readonly OlistFlag[] } => {
  const { cells } = row;
  const order = cells.order_id as OrderId;
  const owner = customer.cells.customer_unique_id as CustomerId;
  const status = cells.order_status;
  const records: EventRecord[] = [];
  if (!statuses.has(status)) bad.add(row.place, `order_status: unknown status "${status}"`);
  const shipTo = zoneOfState.get(customer.cells.customer_state);
  if (!shipTo) bad.add(customer.place, `customer_state: no state of Brazil "${customer.cells.customer_state}"`);
  const times = timesOf(row, zone, bad);
  const day = cells.order_estimated_delivery_date.slice(0, 10);
  if (!isDay(day)) bad.add(row.place, `order_estimated_delivery_date: expected a day, got "${cells.order_estimated_delivery_date}"`);
  const components = items.flatMap((item) => componentsOf(item, bad));
  if (!times || !shipTo || !isDay(day)) return { records, flags: [] };

  const sellers = new Set(items.map((item) => item.cells.seller_id));
  const flags = flagsOf(status, times, endOfLocalDay(day, shipTo), items.length, sellers, knownSellers);
  const headers: Record<string, string> = flags.length > 0 ? { [flagsHeader]: flags.join(',') } : {};
  const identity = { carrier, number: cells.order_id, shipment: '1' };
  const paidMinor = components.reduce((sum, { money }) => sum + money.amountMinor, 0);
  const promisedAt = times.approved ?? times.purchased;
  const promise: DeliveryPromise = {
    ...identity,
    revision: 1,
    madeAt: iso(promisedAt),
    order,
    customer: owner,
    seller: sellers.size > 1 ? 'several' : ([...sellers][0] ?? 'unknown'),
    fulfilledBy: 'seller',
    lines: items.map((item) => ({ line: item.cells.order_item_id, quantity: 1 })),
    components,
    tenders:
      components.length > 0
        ? [{ tender: 'other', money: { amountMinor: paidMinor, currency }, captured: times.approved !== undefined }]
        : [],
    gift: false,
    window: { from: day, until: day, zone: shipTo },
    locale: 'pt-BR',
  };
  records.push(checked(deliveryPromises, promise, headers, promisedAt, row, bad));

  const scan = (state: Scan['status'], at: Instant, code?: string): void => {
    const value: Scan = { ...identity, observedAt: iso(at), status: state, ...(code !== undefined && { code }) };
    records.push(checked(deliveryTracking, value, code === undefined ? {} : headers, at, row, bad));
  };
  if (times.handedOver !== undefined) scan('in-transit', times.handedOver);
  if (times.delivered !== undefined) scan('delivered', times.delivered);
  // It did arrive, only nobody wrote down when. The scan says so at the earliest time it can have been, so that a hole in
  // the data never looks like a late parcel and moves money.
  else if (status === 'delivered') scan('delivered', times.handedOver ?? promisedAt, 'delivered-without-date');

  if (status === 'canceled' || status === 'unavailable') {
    const at = lastOf(times);
    const value: OrderAdjustment = {
      adjustment: `olist-${status}-${order}`,
      customer: owner,
      order,
      kind: 'cancellation',
      by: 'seller',
      components,
      madeAt: iso(at),
      note: `order_status "${status}"; the data set has no time for it`,
    };
    records.push(checked(orderAdjustments, value, {}, at, row, bad));
  }
  return { records, flags };
};

/** A value as a record of its topic; what the topic would refuse is a bad row. */
const checked = <T>(
  topic: Topic<T> & { readonly schema: ZodType<T> },
  value: T,
  headers: Readonly<Record<string, string>>,
  timestamp: Instant,
  row: OrderRow,
  bad: BadRows,
): EventRecord => {
  const parsed = topic.schema.safeParse(value);
  for (const { path, message } of parsed.error?.issues.slice(0, 3) ?? [])
    bad.add(row.place, `${topic.name} ${path.map(String).join('.')}: ${message}`);
  return { topic: topic.name, key: topic.encode(value).key?.toString() ?? null, value: { json: value }, headers, timestamp };
};
