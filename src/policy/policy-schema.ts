import type { ZodType } from 'zod';
import { z } from 'zod';
import { fileSchema } from './file-schema.ts';

/** The JSON Schema (draft 2020-12) of the policy file, for editors: with the settings of every detector by its name. */
export const policySchema = (detectorSettings: Readonly<Record<string, ZodType>>): Record<string, unknown> => {
  const detectors = z.strictObject(Object.fromEntries(Object.entries(detectorSettings).map(([name, schema]) => [name, schema.optional()])));
  const known = Object.keys(detectorSettings);
  const { rules } = fileSchema.shape;
  const issue = known.length ? z.enum(known as [string, ...string[]]) : z.string();
  const named = fileSchema.extend({ detectors: detectors.optional(), rules: z.array(rules.element.extend({ issue })).max(500) });
  return z.toJSONSchema(named, { io: 'input', unrepresentable: 'any' });
};
