import type { Log } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import type { Control } from '../../topics/controls.ts';
import { controls } from '../../topics/controls.ts';
import { partitionOf } from '../../values/murmur2.ts';
import type { Clock } from '../../values/time.ts';
import { secondMs } from '../../values/time.ts';
import type { Standing } from './standing.ts';
import { readStanding } from './standing.ts';

/** Which way the switch is turned, by whom and why. `policy`: the hash of the one under which money may move. */
export type Turning = { readonly by: string; readonly why: string } & (
  | { readonly state: 'stopped' }
  | { readonly state: 'armed'; readonly policy: string }
);

const tries = 5;
const retryMs = secondMs;

/**
 * Turns the switch: a record with a latch above all that were seen, written until a broker confirms it, and read back.
 * Gives how it stands then. Throws AMENDS_TOPIC_MISSING, and AMENDS_SWITCH_UNKNOWN where nobody confirms it, or it isn't
 * there to be read.
 */
export const turnSwitch = async (log: Log, clock: Clock, turning: Turning): Promise<Standing> => {
  const { nextLatch } = await readStanding(log, clock);
  const control: Control = { ...turning, scope: 'fleet', at: new Date(clock.now()).toISOString(), latch: nextLatch };
  await append(log, clock, control);
  for (let attempt = 1; ; attempt += 1) {
    const standing = await readStanding(log, clock);
    if (standing.controls.some((each) => isSame(each, control))) return standing;
    if (attempt >= tries) throw new AmendsError('AMENDS_SWITCH_UNKNOWN', ['it was written, and is not there to be read']);
    await clock.wait(retryMs);
  }
};

const append = async (log: Log, clock: Clock, control: Control): Promise<void> => {
  const { key, value } = controls.encode(control);
  const { partitions } = await log.describe(controls.name);
  const record = { topic: controls.name, partition: partitionOf(key ?? Buffer.alloc(0), partitions), key, value, timestamp: clock.now() };
  for (let attempt = 1; ; attempt += 1)
    try {
      await log.append([record]);
      return;
    } catch (error) {
      // Written twice it says the same.
      if (attempt >= tries || error instanceof AmendsError)
        throw error instanceof AmendsError
          ? error
          : new AmendsError('AMENDS_SWITCH_UNKNOWN', [error instanceof Error ? error.message : String(error)]);
      await clock.wait(retryMs);
    }
};

const isSame = (a: Control, b: Control): boolean => a.state === b.state && a.latch === b.latch && a.at === b.at && a.by === b.by;
