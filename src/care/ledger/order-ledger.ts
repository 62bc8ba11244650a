import type { About } from '../../policy/templates.ts';
import type { OrderAdjustment } from '../../topics/order-adjustments.ts';
import type { Component } from '../../topics/parts.ts';
import type { CommandId, CustomerId, IssueId, OrderId } from '../../values/ids.ts';
import type { Position } from '../../values/record.ts';
import type { Instant } from '../../values/time.ts';
import { instant } from '../../values/time.ts';
import type { Table } from '../../engine/stage.ts';

/** What one of our commands gave: `ordered` when we ordered it, `executed` as adjustments that name it say. The larger counts. */
export interface OwnGift {
  /** The part of the order that it was for; empty while only an adjustment knows the command. */
  readonly part: string;
  readonly ordered: readonly Component[];
  readonly executed: readonly Component[];
}

/** Why no money moves on an order by itself any more. */
export interface Stop {
  readonly kind: 'return' | 'dispute' | 'chargeback' | 'cancellation' | 'unknown amount';
  readonly adjustment: string;
  readonly by: OrderAdjustment['by'];
  /** Cancellations: the lines that are cancelled; none: all of the order. */
  readonly lines?: readonly string[];
}

/** The last message about an order: from which issue, about what, and when it reaches the customer at the earliest. */
export interface Spoken {
  readonly issue: IssueId;
  readonly about: About;
  readonly at: Instant;
}

/** An order's books. Amounts by component are kept in minor units under the keys of `keyOf`. */
export interface OrderLedger {
  /** Of the first component told of; what is told in another one makes the books `mixed`, and then nothing is given. */
  readonly currency?: string;
  readonly mixed: boolean;
  /** What was paid, by part of the order: a shipment, or a title. */
  readonly parts: Readonly<Record<string, readonly Component[]>>;
  readonly ours: Readonly<Record<string, OwnGift>>;
  /** Given by others, by component. */
  readonly others: Readonly<Record<string, number>>;
  /** Lines that someone replaced. */
  readonly replaced: readonly string[];
  readonly stops: readonly Stop[];
  /** Where the last adjustments stand. */
  readonly evidence: readonly Position[];
  /** The escalation that a stop led to: one an order. */
  readonly escalated?: CommandId;
  readonly spoken?: Spoken;
  /** Since when these books are kept; absent in rows of before it was remembered. */
  readonly keptSince?: Instant;
  readonly forgetAt: Instant;
}

/** Books of which nothing is known yet. */
export const emptyLedger: OrderLedger = {
  mixed: false,
  parts: {},
  ours: {},
  others: {},
  replaced: [],
  stops: [],
  evidence: [],
  forgetAt: instant(0),
};

/** The name of a component in the books: `shipping/`, `line/l1`. Lines have no slash. */
export const keyOf = (component: Pick<Component, 'component' | 'line'>): string => `${component.component}/${component.line ?? ''}`;

/** Key `customer/order`. Woken when it may be forgotten. */
export const orders: Table<OrderLedger> = {
  name: 'orders',
  version: 1,
  upcast: (_, stored) => stored as OrderLedger,
  wakeAt: ({ forgetAt }) => forgetAt,
};

/** Key `customer/order/adjustment`: which adjustments were counted, so that one that comes twice counts once. Forgotten with the order. */
export const adjustments: Table<{ readonly counted: true }> = {
  name: 'adjustments',
  version: 1,
  upcast: () => ({ counted: true }),
  wakeAt: () => undefined,
};

/** The key of an order's books. */
export const orderKey = (customer: CustomerId, order: OrderId): string => `${customer}/${order}`;
