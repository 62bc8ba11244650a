import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder.ts';

const orderHeader =
  'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date';
const itemHeader = 'order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value';
const customerHeader = 'customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state';
const sellerHeader = 'seller_id,seller_zip_code_prefix,seller_city,seller_state';

/** The four files, as lines. */
export interface OlistFiles {
  readonly orders: readonly string[];
  readonly items: readonly string[];
  readonly customers: readonly string[];
  readonly sellers: readonly string[];
}

/** One order that was delivered as promised, in the format of the data set; `changes` replaces whole files. */
export const olistFolder = (changes: Partial<OlistFiles> = {}): string => {
  const folder = temporaryFolder();
  const files: OlistFiles = {
    orders: [orderHeader, orderRow()],
    items: [itemHeader, 'o1,1,p1,s1,2018-03-08 12:00:00,99.9,27.65'],
    customers: [customerHeader, 'c1,u1,38300,"uberlandia, centro",MG'],
    sellers: [sellerHeader, 's1,70740,brasilia,DF'],
    ...changes,
  };
  writeFileSync(join(folder, 'orders.csv'), `${files.orders.join('\n')}\n`);
  writeFileSync(join(folder, 'order_items.csv'), `${files.items.join('\n')}\n`);
  writeFileSync(join(folder, 'customers.csv'), `${files.customers.join('\n')}\n`);
  writeFileSync(join(folder, 'sellers.csv'), `${files.sellers.join('\n')}\n`);
  return folder;
};

/** A row of orders.csv: delivered on 2018-03-10, promised for 2018-03-20, unless `changes` says otherwise. */
export const orderRow = (
  changes: {
    readonly id?: string;
    readonly customer?: string;
    readonly status?: string;
    readonly purchased?: string;
    readonly approved?: string;
    readonly handedOver?: string;
    readonly delivered?: string;
    readonly promised?: string;
  } = {},
): string => {
  const { id = 'o1', customer = 'c1', status = 'delivered', purchased = '2018-03-01 10:00:00', approved = '2018-03-01 11:00:00' } = changes;
  const { handedOver = '2018-03-03 09:00:00', delivered = '2018-03-10 15:30:00', promised = '2018-03-20 00:00:00' } = changes;
  return [id, customer, status, purchased, approved, handedOver, delivered, promised].join(',');
};

/** Files with these orders and items, each of customer c1 and sellers s1, s2. */
export const olistOrders = (orders: readonly string[], items: readonly string[] = []): string =>
  olistFolder({ orders: [orderHeader, ...orders], items: [itemHeader, ...items], sellers: [sellerHeader, 's1,1,a,SP', 's2,1,b,SP'] });
