import type { Control } from '../../topics/controls.ts';
import type { Standing } from './standing.ts';

/** How the switch stands, for a script. */
export interface StandingData {
  /** Money moves, under `armed.policy` and no other. */
  readonly money: boolean;
  readonly armed: Control | null;
  readonly stopped: Control | null;
  readonly unread: readonly string[];
  readonly isHistory: boolean;
  /** The policy that was asked about, and whether money moves under it. */
  readonly policy: { readonly file: string; readonly hash: string; readonly money: boolean } | null;
}

/** The same as `standingInWords`, as data. */
export const standingAsData = (
  { armed, stopped, unread, isHistory }: Standing,
  policy?: { readonly file: string; readonly hash: string },
): StandingData => {
  const money = armed !== undefined && stopped === undefined && unread.length === 0;
  return {
    money,
    armed: armed ?? null,
    stopped: stopped ?? null,
    unread,
    isHistory,
    policy: policy ? { ...policy, money: money && armed.policy === policy.hash } : null,
  };
};
