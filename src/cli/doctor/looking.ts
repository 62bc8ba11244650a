import { AmendsError } from '../../happenings/errors.ts';
import { realClock } from '../../values/clock.ts';
import { secondMs } from '../../values/time.ts';
import type { Finding } from './finding.ts';
import { wrong } from './finding.ts';

/** How long one examination may take before it counts as failed. */
const patienceMs = 15 * secondMs;

const isOurBug = (error: unknown): boolean => error instanceof TypeError || error instanceof ReferenceError;

/** What `look` finds about something; where it fails or takes too long, that. `signal` aborts when nobody waits any longer. */
export const looking = async (
  about: string,
  look: (signal: AbortSignal) => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> => {
  const over = new AbortController();
  const late = realClock.wait(patienceMs, over.signal).then(() => {
    throw new Error(`no answer within ${patienceMs / secondMs} s`);
  });
  late.catch(() => {});
  try {
    return [await Promise.race([look(over.signal), late])].flat();
  } catch (error) {
    if (isOurBug(error)) throw error;
    const reason = error instanceof AmendsError ? error.details.join('; ') : error instanceof Error ? error.message : String(error);
    const todo = error instanceof AmendsError ? `docs/errors.md explains ${error.code}.` : 'Run the doctor again.';
    return [wrong(about, `It could not be looked at: ${reason}`, todo)];
  } finally {
    over.abort();
  }
};
