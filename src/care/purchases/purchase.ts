import type { Table, Task } from '../../engine/stage.ts';
import type { StreamingPurchase } from '../../topics/streaming-purchases.ts';
import type { CustomerId, OrderId } from '../../values/ids.ts';
import type { Position } from '../../values/record.ts';
import type { Instant } from '../../values/time.ts';
import { instant } from '../../values/time.ts';

/** Who paid for which title, and when; what was paid is in the order's books. */
export interface Purchase {
  readonly order: OrderId;
  readonly offer: StreamingPurchase['offer'];
  readonly purchasedAt: Instant;
  /** What people call the title. */
  readonly name?: string;
  readonly zone?: string;
  readonly locale?: string;
  readonly toldAt: Position;
  readonly forgetAt: Instant;
}

/** Key `customer/title/order`. Woken when it may be forgotten. */
export const purchases: Table<Purchase> = {
  name: 'purchases',
  version: 1,
  upcast: (_, stored) => stored as Purchase,
  wakeAt: ({ forgetAt }) => forgetAt,
};

/** How many purchases of one title by one customer are looked through. */
const lookedThrough = 1_000;

/** The part of an order that a title is. */
export const titlePart = (title: string): string => `title:${title}`;

/** The purchase by which a customer watched a title at an instant: the latest at or before it; undefined where there is none. */
export const purchaseFor = (task: Pick<Task, 'under'>, customer: CustomerId, title: string, watchedAt: Instant): Purchase | undefined => {
  let found: Purchase | undefined;
  for (const [, purchase] of task.under(purchases, `${customer}/${title}/`, '', lookedThrough)) {
    if (purchase.purchasedAt <= watchedAt && (found === undefined || purchase.purchasedAt > found.purchasedAt)) found = purchase;
  }
  return found;
};

/** The row of a purchase told at `toldAt`. */
export const purchaseOf = (
  { order, offer, purchasedAt, name, zone, locale }: StreamingPurchase,
  toldAt: Position,
  forgetAt: Instant,
): Purchase => ({
  order,
  offer,
  purchasedAt: instant(Date.parse(purchasedAt)),
  ...(name !== undefined && { name }),
  ...(zone !== undefined && { zone }),
  ...(locale !== undefined && { locale }),
  toldAt: { topic: toldAt.topic, partition: toldAt.partition, offset: toldAt.offset },
  forgetAt,
});
