import { z } from 'zod';
import { parseDurationMs } from '../values/duration.ts';

/** A setting that the policy writes as an ISO 8601 duration of fixed length (`P2D`, `PT10M`) and a detector reads in ms. */
export const durationMs = z
  .string()
  .meta({ format: 'duration', examples: ['PT10M', 'P2D'] })
  .transform((duration, context) => {
    try {
      return parseDurationMs(duration);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
