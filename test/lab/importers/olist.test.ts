import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Topic } from '../../../src/formats/topic.ts';
import type { EventRecord } from '../../../src/lab/event-record.ts';
import { bytesOf } from '../../../src/lab/event-record.ts';
import { importOlist } from '../../../src/lab/importers/olist.ts';
import { deliveryPromises } from '../../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../../src/topics/delivery-tracking.ts';
import { orderAdjustments } from '../../../src/topics/order-adjustments.ts';
import { olistFolder, olistOrders, orderRow } from './olist-folder.ts';

const item = (number: number, seller = 's1', price = '10.00', freight = '5.00'): string =>
  `o1,${number},p1,${seller},2018-03-08 12:00:00,${price},${freight}`;
const jsonOf = (record: EventRecord | undefined): unknown => (record?.value && 'json' in record.value ? record.value.json : undefined);
const ofTopic = (records: readonly EventRecord[], topic: { readonly name: string }) =>
  records.filter((record) => record.topic === topic.name);
const scansOf = (records: readonly EventRecord[]) =>
  ofTopic(records, deliveryTracking).map((record) => [
    (jsonOf(record) as { status: string }).status,
    new Date(record.timestamp).toISOString(),
  ]);
const real = process.env['AMENDS_DATA'];

describe('an order of the Olist data set', () => {
  it('becomes a promise at its approval: the whole promised day in the state of the buyer, what was paid by line and freight', async () => {
    const { records } = await importOlist(olistFolder());
    const [promise] = ofTopic(records, deliveryPromises);
    expect(promise).toMatchObject({ key: 'olist:o1:1', timestamp: Date.UTC(2018, 2, 1, 14), headers: {} });
    expect(jsonOf(promise)).toEqual({
      carrier: 'olist',
      number: 'o1',
      shipment: '1',
      revision: 1,
      madeAt: '2018-03-01T14:00:00.000Z',
      order: 'o1',
      customer: 'u1',
      seller: 's1',
      fulfilledBy: 'seller',
      lines: [{ line: '1', quantity: 1 }],
      components: [
        { line: '1', component: 'line', money: { amountMinor: 9990, currency: 'BRL' } },
        { line: '1', component: 'shipping', money: { amountMinor: 2765, currency: 'BRL' } },
      ],
      tenders: [{ tender: 'other', money: { amountMinor: 12_755, currency: 'BRL' }, captured: true }],
      gift: false,
      window: { from: '2018-03-20', until: '2018-03-20', zone: 'America/Sao_Paulo' },
      locale: 'pt-BR',
    });
  });

  it('is scanned when it was handed over and when it was delivered, in the local time of the files', async () => {
    const { records } = await importOlist(olistFolder());
    expect(scansOf(records)).toEqual([
      ['in-transit', '2018-03-03T12:00:00.000Z'],
      ['delivered', '2018-03-10T18:30:00.000Z'],
    ]);
  });

  it('follows the summer time of São Paulo, and another zone where one is given', async () => {
    const summer = olistOrders([
      orderRow({ delivered: '2018-01-10 12:00:00', handedOver: '', approved: '', purchased: '2018-01-01 12:00:00' }),
    ]);
    expect(scansOf((await importOlist(summer)).records)).toEqual([['delivered', '2018-01-10T14:00:00.000Z']]);
    expect(scansOf((await importOlist(summer, 'UTC')).records)).toEqual([['delivered', '2018-01-10T12:00:00.000Z']]);
  });

  it('reaches a buyer in Manaus by the day of Manaus', async () => {
    const folder = olistFolder({ customers: ['customer_id,customer_unique_id,customer_state', 'c1,u1,AM'] });
    const [promise] = ofTopic((await importOlist(folder)).records, deliveryPromises);
    expect(jsonOf(promise)).toHaveProperty('window.zone', 'America/Manaus');
  });

  it('is promised at its purchase where it was never approved, and its money was not taken', async () => {
    const { records, flags } = await importOlist(
      olistOrders([orderRow({ status: 'created', approved: '', handedOver: '', delivered: '' })], [item(1)]),
    );
    expect(ofTopic(records, deliveryPromises)).toMatchObject([{ timestamp: Date.UTC(2018, 2, 1, 13) }]);
    expect(jsonOf(records[0])).toHaveProperty('tenders.0.captured', false);
    expect(flags).toEqual({ 'not-approved': 1 });
  });

  it('has no components without items, so nothing can be paid for it', async () => {
    const { records, flags } = await importOlist(olistOrders([orderRow()]));
    expect(jsonOf(records[0])).toMatchObject({ components: [], lines: [], tenders: [], seller: 'unknown' });
    expect(flags).toEqual({ 'no-items': 1 });
  });

  it('is one shipment where several sellers share its one delivery date', async () => {
    const { records, flags } = await importOlist(olistOrders([orderRow()], [item(1, 's1'), item(2, 's2')]));
    expect(ofTopic(records, deliveryPromises)).toHaveLength(1);
    expect(jsonOf(records[0])).toMatchObject({ seller: 'several', lines: [{ line: '1' }, { line: '2' }] });
    expect(flags).toEqual({ 'several-sellers': 1 });
  });

  it('counts as delivered at the earliest time it can have been where nobody wrote down when, and says so', async () => {
    const { records, flags } = await importOlist(olistOrders([orderRow({ delivered: '' })], [item(1)]));
    expect(scansOf(records)).toEqual([
      ['in-transit', '2018-03-03T12:00:00.000Z'],
      ['delivered', '2018-03-03T12:00:00.000Z'],
    ]);
    expect(jsonOf(records.at(-1))).toHaveProperty('code', 'delivered-without-date');
    expect(flags).toEqual({ 'delivered-without-date': 1 });
    expect(records[0]?.headers).toEqual({ 'amends.flags': 'delivered-without-date' });
  });

  it('keeps both scans where it was delivered before it was handed over, each at its own time', async () => {
    const { records, flags } = await importOlist(olistOrders([orderRow({ handedOver: '2018-03-11 09:00:00' })], [item(1)]));
    expect(scansOf(records).map(([status]) => status)).toEqual(['delivered', 'in-transit']);
    expect(flags).toEqual({ 'delivered-before-hand-over': 1 });
  });

  it('is cancelled at the last time that is known of it, its money counted as given back', async () => {
    const { records, flags } = await importOlist(olistOrders([orderRow({ status: 'canceled', delivered: '' })], [item(1)]));
    const [adjustment] = ofTopic(records, orderAdjustments);
    expect(adjustment).toMatchObject({ key: 'u1', timestamp: Date.UTC(2018, 2, 3, 12) });
    expect(jsonOf(adjustment)).toMatchObject({
      kind: 'cancellation',
      components: [{ money: { amountMinor: 1000 } }, { money: { amountMinor: 500 } }],
    });
    expect(flags).toEqual({ 'cancellation-dated-by-last-step': 1 });
  });

  it('flags an approval that came after the promised day, and a delivery before the approval', async () => {
    const { flags } = await importOlist(
      olistOrders([orderRow({ approved: '2018-03-21 00:00:00', promised: '2018-03-20 00:00:00' })], [item(1)]),
    );
    expect(flags).toEqual({ 'approved-after-promised-day': 1, 'handed-over-before-approval': 1, 'delivered-before-approval': 1 });
  });

  it.each([
    ['99.9', 9990],
    ['144.0', 14_400],
    ['1.15', 115],
    ['8', 800],
    ['0.29', 29],
    ['12345678.91', 1_234_567_891],
    ['5.500', 550],
  ])('costs exactly what %s says', async (price, amountMinor) => {
    const { records } = await importOlist(olistOrders([orderRow()], [item(1, 's1', price)]));
    expect(jsonOf(records[0])).toHaveProperty('components.0.money.amountMinor', amountMinor);
  });

  it('is in the file in order of time', async () => {
    const { records } = await importOlist(
      olistOrders([orderRow({ id: 'o2', purchased: '2018-05-01 00:00:00', approved: '2018-05-01 00:00:00' }), orderRow()]),
    );
    expect(records.map(({ timestamp }) => timestamp)).toEqual(records.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b));
    expect(records).toHaveLength(6);
  });
});

describe('a source that is not what the importer expects', () => {
  const mistakes = async (folder: string): Promise<readonly string[]> =>
    importOlist(folder).then(
      () => [],
      (error: { readonly code: string; readonly details: readonly string[] }) => [error.code, ...error.details],
    );

  it('is refused with the file and every column it lacks', async () => {
    expect(await mistakes(olistFolder({ items: ['order_id,price', 'o1,1'] }))).toEqual([
      'AMENDS_IMPORT_INVALID',
      'order_items.csv: no column "order_item_id"',
      'order_items.csv: no column "seller_id"',
      'order_items.csv: no column "freight_value"',
    ]);
  });

  it('is refused with the file that is not there', async () => {
    const folder = olistFolder();
    rmSync(join(folder, 'sellers.csv'));
    expect(await mistakes(folder)).toEqual(['AMENDS_FILE_UNREADABLE', expect.stringContaining('sellers.csv')]);
  });

  it('is refused with file and line where a row has too few cells', async () => {
    expect(await mistakes(olistFolder({ sellers: ['seller_id,seller_state', 's1,DF', 's2'] }))).toEqual([
      'AMENDS_IMPORT_INVALID',
      expect.stringMatching(/^sellers\.csv:3: /),
    ]);
  });

  it('is refused with all bad rows at once, each by file, line and reason', async () => {
    const orders = [
      orderRow({ delivered: '10/03/2018' }),
      orderRow({ id: 'o2', customer: 'c9' }),
      orderRow({ id: 'o3', status: 'lost' }),
      orderRow({ id: 'o3', promised: 'soon' }),
    ];
    const items = [item(1, 's1', '"9,90"'), item(2, 's1', '1.999'), 'o9,1,p1,s1,2018-03-08 12:00:00,1,1', 'o1,3'];
    expect((await mistakes(olistOrders(orders, items))).toSorted()).toEqual([
      'AMENDS_IMPORT_INVALID',
      'order_items.csv:2: price: expected an amount such as 99.90, got "9,90"',
      'order_items.csv:3: price: expected an amount such as 99.90, got "1.999"',
      'order_items.csv:4: orders.csv has no order_id "o9"',
      expect.stringMatching(/^order_items\.csv:5: Invalid Record Length/),
      'orders.csv:2: order_delivered_customer_date: expected a time such as 2018-03-01 10:00:00, got "10/03/2018"',
      'orders.csv:3: customers.csv has no customer_id "c9"',
      'orders.csv:4: order_status: unknown status "lost"',
      'orders.csv:5: order o3 is there twice',
      'orders.csv:5: order_estimated_delivery_date: expected a day, got "soon"',
    ]);
  });
});

const topics: readonly Topic<unknown>[] = [deliveryPromises, deliveryTracking, orderAdjustments] as readonly Topic<unknown>[];

describe.skipIf(real === undefined)('the real Olist orders', () => {
  it('are all read, and every record is good for its topic', async () => {
    const { records, orders, flags } = await importOlist(join(real ?? '', 'olist'));
    expect(orders).toBe(ofTopic(records, deliveryPromises).length);
    expect(flags).toHaveProperty('delivered-without-date');
    const unreadable = records.flatMap(({ topic, key, value, timestamp }) => {
      const record = {
        topic,
        partition: 0,
        offset: 0,
        timestamp,
        key: key === null ? null : Buffer.from(key),
        value: bytesOf(value),
        headers: () => new Map<string, Buffer>(),
      };
      const decoded = topics.find(({ name }) => name === topic)?.decode(record);
      return decoded?.kind === 'read' ? [] : [{ key, decoded }];
    });
    expect(unreadable).toEqual([]);
  });
});
