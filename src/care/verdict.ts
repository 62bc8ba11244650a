import type { Decision } from '../topics/decisions.ts';
import type { Command } from '../topics/remedies.ts';
import type { Case } from './cases/case.ts';
import type { OrderLedger } from './ledger/order-ledger.ts';

/** What came of looking at a case: what is recorded, what is ordered, and the case and its order's books afterwards. */
export interface Verdict {
  readonly decisions: readonly Decision[];
  readonly commands: readonly Command[];
  readonly case: Case;
  readonly ledger: OrderLedger;
}
