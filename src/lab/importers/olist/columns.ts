import type { Row } from '../csv-table.ts';

/** What is read of `orders.csv`. */
export const orderColumns = [
  'order_id',
  'customer_id',
  'order_status',
  'order_purchase_timestamp',
  'order_approved_at',
  'order_delivered_carrier_date',
  'order_delivered_customer_date',
  'order_estimated_delivery_date',
] as const;
/** What is read of `order_items.csv`. */
export const itemColumns = ['order_id', 'order_item_id', 'seller_id', 'price', 'freight_value'] as const;
/** What is read of `customers.csv`. */
export const customerColumns = ['customer_id', 'customer_unique_id', 'customer_state'] as const;
/** What is read of `sellers.csv`. */
export const sellerColumns = ['seller_id', 'seller_state'] as const;

export type OrderRow = Row<(typeof orderColumns)[number]>;
export type ItemRow = Row<(typeof itemColumns)[number]>;
export type CustomerRow = Row<(typeof customerColumns)[number]>;
