import type { Component } from '../topics/parts.ts';
import type { TemplateName } from './templates.ts';

/** What a step has whatever it gives. */
interface AnyStep {
  readonly name: string;
  /** How long after the issue opened the step is due at the earliest. */
  readonly afterMs: number;
  /** An earlier step of the ladder in whose stead this one is taken: only where that one was not ordered. */
  readonly unless?: string;
}
/** Gives back up to `share` (0 to 1) of what was paid for the components of the kinds `of`, counting what anyone gave before. */
export type MoneyStep = AnyStep & {
  readonly remedy: 'refund' | 'credit';
  readonly of: readonly Component['component'][];
  readonly share: number;
};
export type ReplacementStep = AnyStep & { readonly remedy: 'replacement'; readonly service: 'standard' | 'express' };
/** `announces`: the earlier step whose remedy the message tells of; it is sent only once that was ordered. */
export type MessageStep = AnyStep & { readonly remedy: 'notification'; readonly message: TemplateName; readonly announces?: string };
export type EscalationStep = AnyStep & { readonly remedy: 'escalation'; readonly skill: string };
export type Step = MoneyStep | ReplacementStep | MessageStep | EscalationStep;

/** `shadow`: decide, order nothing. `auto`: order. */
export type Mode = 'shadow' | 'auto';

export interface Rule {
  readonly name: string;
  /** The detector whose issues it is for. */
  readonly issue: string;
  /** The finding's reasons it is for; absent: all that no other rule for the issue names. */
  readonly reasons?: readonly string[];
  readonly mode: Mode;
  /** How long an issue must stay open before anything is decided. */
  readonly settleMs: number;
  /** In the order of their deadlines: `afterMs` never falls. */
  readonly ladder: readonly Step[];
}

/** The policy file, checked. An order's cap is built in: what was paid, less what anyone gave. */
export interface Policy {
  readonly version: string;
  /** Each detector's own settings as the file gives them, checked by the detector's schema. */
  readonly detectors: Readonly<Record<string, unknown>>;
  readonly rules: readonly Rule[];
  /** No money for a late parcel before the promised window's end and this. */
  readonly promiseGraceMs: number;
  /** An issue true for longer than this when it is first heard of is historic: nothing happens by itself. */
  readonly freshForMs: number;
  /** How long parcels, sessions, cases and an order's books are remembered after the last that was heard of them. */
  readonly claimWindowMs: number;
  /** How long after its decision a command may still be carried out. */
  readonly expiryMs: number;
  /** Local times (HH:MM) of the customer between which no message arrives; equal: none are quiet. */
  readonly quietHours: { readonly from: string; readonly until: string };
  /** SHA-256, in hexadecimal, of the policy in canonical JSON with all defaults filled in. */
  readonly hash: string;
}
