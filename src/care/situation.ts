import type { Policy, Rule } from '../policy/policy.ts';
import type { OrderId } from '../values/ids.ts';
import type { Instant } from '../values/time.ts';
import type { Case } from './cases/case.ts';
import type { Permit } from './controls/switch.ts';
import type { OrderLedger } from './ledger/order-ledger.ts';
import type { Purchase } from './purchases/purchase.ts';

/** All that a decision is made from. */
export interface Situation {
  readonly case: Case;
  /** For which the case was woken: proven to be over, so what is due by then is decided now. */
  readonly reached: Instant;
  /** The task's clock. */
  readonly now: Instant;
  readonly policy: Policy;
  readonly rule: Rule | undefined;
  /** False: the process only watches, every rule is in shadow. */
  readonly act: boolean;
  readonly permit: Permit;
  /** False: the log refused this batch the permit. */
  readonly money: boolean;
  /** The purchase of the title that went wrong. */
  readonly purchase: Purchase | undefined;
  readonly order: OrderId | undefined;
  /** The part of the order that the problem touches. */
  readonly part: string;
  readonly ledger: OrderLedger;
}

/** A situation in which a rule was found. */
export type Ruled = Situation & { readonly rule: Rule };
