import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { instant } from '../values/time.ts';
import { component, customerId, orderId, plainId, tender, text, timestamp, zone } from './parts.ts';

const schema = z.strictObject({
  customer: customerId,
  order: orderId,
  title: plainId,
  /** What people call the title, in the customer's language; messages say the id where it is absent. */
  name: text.optional(),
  offer: z.enum(['rental', 'purchase', 'subscription']),
  /** What was paid for the title: its line net of discount, tax, fees. */
  components: z.array(component).min(1).max(20),
  tenders: z.array(tender).max(20),
  purchasedAt: timestamp,
  zone: zone.optional(),
  locale: z.string().max(35).optional(),
});

export type StreamingPurchase = z.infer<typeof schema>;

/** Server side: who paid what for which title. Keyed by customer; care finds the price of what went wrong here. */
export const streamingPurchases = jsonTopic<StreamingPurchase>({
  name: 'streaming.purchases',
  schema,
  key: (purchase) => purchase.customer,
  observedAt: (purchase) => instant(Date.parse(purchase.purchasedAt)),
});
