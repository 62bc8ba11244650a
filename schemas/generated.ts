import { z } from 'zod';
import { detectorSettings } from '../src/pipeline.ts';
import { policySchema } from '../src/policy/policy-schema.ts';
import { controls } from '../src/topics/controls.ts';
import { decisions } from '../src/topics/decisions.ts';
import { deliveryPromises } from '../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../src/topics/delivery-tracking.ts';
import { issues } from '../src/topics/issues.ts';
import { orderAdjustments } from '../src/topics/order-adjustments.ts';
import { remedies } from '../src/topics/remedies.ts';
import { streamingPlayback } from '../src/topics/streaming-playback.ts';
import { streamingPurchases } from '../src/topics/streaming-purchases.ts';

/** Every topic with values of its own, inward and outward. */
const topics: readonly { readonly name: string; readonly schema: z.ZodType }[] = [
  controls,
  decisions,
  deliveryPromises,
  deliveryTracking,
  issues,
  orderAdjustments,
  ...Object.values(remedies),
  streamingPlayback,
  streamingPurchases,
];

interface Written {
  format?: string;
  pattern?: string;
}

/** `format: date-time` asks for an offset (RFC 3339), which a local time has not; the pattern says what is meant. */
const withoutWrongFormat = ({ jsonSchema }: { readonly jsonSchema: Written }): void => {
  if (jsonSchema.format === 'date-time' && jsonSchema.pattern !== undefined) delete jsonSchema.format;
};

/** What a producer writes: before defaults are filled in. */
const schemaOf = (name: string, schema: z.ZodType): object => ({
  title: name,
  ...z.toJSONSchema(schema, { io: 'input', override: withoutWrongFormat }),
});

/** Every generated schema, by its path in this folder. */
export const generatedSchemas = (): ReadonlyMap<string, object> =>
  new Map<string, object>([
    ['policy.schema.json', { title: 'The policy of Amends', ...policySchema(detectorSettings) }],
    ...topics.map(({ name, schema }) => [`topics/${name}.schema.json`, schemaOf(name, schema)] as const),
  ]);
