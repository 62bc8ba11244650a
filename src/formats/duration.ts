import { z } from 'zod';
import { parseDurationMs } from '../values/duration.ts';

/** A duration as the policy file writes it (ISO 8601, fixed length: `P2D`, `PT10M`), in ms once read. */
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
