import { z } from 'zod';
import { parseDurationMs } from '../values/duration.ts';

/** A duration as the file writes it (ISO 8601, fixed length), in ms once read. */
export const durationSetting = z
  .string()
  .meta({ format: 'duration', examples: ['PT2H', 'P3D'] })
  .transform((duration, context) => {
    try {
      return parseDurationMs(duration);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
