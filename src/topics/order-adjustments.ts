import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { instant } from '../values/time.ts';
import { component, customerId, orderId, plainId, text, timestamp } from './parts.ts';

const schema = z.strictObject({
  /** Identity of the adjustment: a second record with the same one changes nothing. */
  adjustment: plainId,
  customer: customerId,
  order: orderId,
  kind: z.enum(['refund', 'credit', 'replacement', 'cancellation', 'return', 'dispute', 'chargeback']),
  by: z.enum(['associate', 'seller', 'bank', 'self-service', 'amends']),
  /** What was given, by component; a replacement or return names the lines at their value. */
  components: z.array(component).max(2_000),
  /** The command that this executes, when it was ours: then it is not counted a second time. */
  command: plainId.optional(),
  madeAt: timestamp,
  note: text.optional(),
});

export type OrderAdjustment = z.infer<typeof schema>;

/** Money or goods given, by anyone: associate, seller, bank, self-service. Keyed by customer; counts against every cap. */
export const orderAdjustments = jsonTopic<OrderAdjustment>({
  name: 'order.adjustments',
  schema,
  key: (adjustment) => adjustment.customer,
  observedAt: (adjustment) => instant(Date.parse(adjustment.madeAt)),
});
