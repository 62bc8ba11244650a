import type { Table } from '../../engine/stage.ts';
import type { Control } from '../../topics/controls.ts';
import { controlKey } from '../../topics/controls.ts';
import type { Instant } from '../../values/time.ts';

/** The last turn of the switch in one direction. `wakeAt` and `cursor`: how far the held cases have been told of it. */
export interface Turn {
  readonly control: Control;
  readonly wakeAt?: Instant;
  readonly cursor: string;
}

/** Key `state/scope`. */
export const turns: Table<Turn> = { name: 'controls', version: 1, upcast: (_, stored) => stored as Turn, wakeAt: ({ wakeAt }) => wakeAt };

/**
 * The row once a control was read at `readAt`; undefined where it is an old one sent again, which changes nothing. A stop
 * that comes after the switch was armed (`armed`) always stops, whatever latch it carries: it holds at that one's.
 */
export const foldControl = (before: Turn | undefined, control: Control, readAt: Instant, armed: Turn | undefined): Turn | undefined => {
  const latch = control.state === 'stopped' ? Math.max(control.latch, armed?.control.latch ?? 0) : control.latch;
  return before !== undefined && before.control.latch > latch ? undefined : { control: { ...control, latch }, wakeAt: readAt, cursor: '' };
};

/** What the switch says of money: `saw` in words a lead can read. */
export interface Permit {
  readonly armed: boolean;
  readonly saw: string;
}

/**
 * May money move under the policy of this hash? Only by a positive armed record whose latch is above the stop's and that
 * names this very policy; no record, no money.
 */
export const permitOf = (get: (table: Table<Turn>, key: string) => Readonly<Turn> | undefined, policyHash: string): Permit => {
  const armed = get(turns, controlKey({ state: 'armed', scope: 'fleet' }))?.control;
  const stopped = get(turns, controlKey({ state: 'stopped', scope: 'fleet' }))?.control;
  if (armed?.state !== 'armed')
    return { armed: false, saw: stopped === undefined ? 'nobody has armed it' : `stopped by ${stopped.by}: ${stopped.why}` };
  if (stopped !== undefined && stopped.latch >= armed.latch) return { armed: false, saw: `stopped by ${stopped.by}: ${stopped.why}` };
  if (armed.policy !== policyHash) return { armed: false, saw: `armed for another policy (${armed.policy.slice(0, 12)})` };
  return { armed: true, saw: `armed by ${armed.by}` };
};
