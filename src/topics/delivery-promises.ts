import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { isLocalDayOrTime } from '../values/local-time.ts';
import { instant } from '../values/time.ts';
import {
  component,
  customerId,
  hasOnly,
  isListOf,
  isPlainComponent,
  isPlainId,
  isPlainTender,
  isPlainTime,
  isPlainZone,
  isRecord,
  isWhole,
  orderId,
  plainId,
  tender,
  text,
  timestamp,
  zone,
} from './parts.ts';
import { hasPlainIdentity, shipmentIdentity, shipmentIdOf } from './shipment.ts';

/** A whole local day (`2026-12-24`) or a local time (`2026-12-24T18:00`) of the ship-to zone. */
const dayOrTimePattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/;
const localDayOrTime = z
  .string()
  .regex(dayOrTimePattern, 'expected a local day (2026-12-24) or local time (2026-12-24T18:00)')
  .refine(isLocalDayOrTime, 'expected a day and time that exist');

const schema = z.strictObject({
  ...shipmentIdentity,
  /** Rises when the promise is made anew; a lower or equal one than already seen changes nothing. */
  revision: z.number().int().min(1),
  madeAt: timestamp,
  order: orderId,
  customer: customerId,
  seller: plainId,
  fulfilledBy: z.enum(['us', 'seller', 'partner']),
  /** What this parcel holds; recipient and address are references, never names. */
  lines: z
    .array(
      z.strictObject({
        line: plainId,
        title: text.optional(),
        quantity: z.number().int().min(1),
        recipient: plainId.optional(),
        address: plainId.optional(),
      }),
    )
    .max(500),
  /** Of this parcel; empty where nothing is known, and then no money can be given. */
  components: z.array(component).max(2_000),
  tenders: z.array(tender).max(20),
  needBy: localDayOrTime.optional(),
  gift: z.boolean(),
  /** A day as `until` lasts until its local midnight. */
  window: z.strictObject({ from: localDayOrTime, until: localDayOrTime, zone }),
  locale: z.string().max(35).optional(),
});

export type DeliveryPromise = z.infer<typeof schema>;

const fulfillers: ReadonlySet<unknown> = new Set(schema.shape.fulfilledBy.options);

const isPlainDayOrTime = (value: unknown): boolean => typeof value === 'string' && dayOrTimePattern.test(value) && isLocalDayOrTime(value);

const isPlainWindow = (value: unknown): boolean =>
  isRecord(value) && isPlainDayOrTime(value['from']) && isPlainDayOrTime(value['until']) && isPlainZone(value['zone']) && hasOnly(value, 3);

/** A line without a title, recipient or address; the others are left to the schema. */
const isPlainLine = (value: unknown): boolean =>
  isRecord(value) && isPlainId(value['line']) && isWhole(value['quantity'], 1) && hasOnly(value, 2);

/** Whether it is a promise, at a glance; one with a need-by date or a locale is left to the schema. */
const isPlainlyPromise = (json: unknown): json is DeliveryPromise =>
  isRecord(json) &&
  hasPlainIdentity(json) &&
  isWhole(json['revision'], 1) &&
  isPlainTime(json['madeAt']) &&
  isPlainId(json['order']) &&
  isPlainId(json['customer']) &&
  isPlainId(json['seller']) &&
  fulfillers.has(json['fulfilledBy']) &&
  isListOf(json['lines'], isPlainLine, 500) &&
  isListOf(json['components'], isPlainComponent, 2_000) &&
  isListOf(json['tenders'], isPlainTender, 20) &&
  typeof json['gift'] === 'boolean' &&
  isPlainWindow(json['window']) &&
  hasOnly(json, 14);

/** A promise made, or revised, for a shipment at order time. Keyed by shipment. */
export const deliveryPromises = jsonTopic<DeliveryPromise>({
  name: 'delivery.promises',
  schema,
  key: shipmentIdOf,
  isPlainly: isPlainlyPromise,
  observedAt: (promise) => instant(Date.parse(promise.madeAt)),
});
