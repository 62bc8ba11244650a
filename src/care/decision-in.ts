import type { Decision } from '../topics/decisions.ts';
import type { Position } from '../values/record.ts';
import { partitionName } from '../values/record.ts';
import type { Situation } from './situation.ts';

const unique = (positions: readonly Position[]): Position[] => [
  ...new Map(positions.map((position) => [`${partitionName(position)}@${position.offset}`, position])).values(),
];

/** The record of a decision, with what it rests on: the issue's evidence, the issue's own record, the order's adjustments, the purchase. */
export const decisionIn = (
  of: Situation,
  decided: {
    readonly outcome: Decision['outcome'];
    readonly because: Decision['because'];
    readonly step?: string;
    readonly commands?: readonly Decision['commands'][number][];
    readonly again?: Decision['again'];
  },
): Decision => {
  const { issue, toldAt } = of.case;
  return {
    issue: issue.id,
    revision: issue.revision,
    detector: issue.detector,
    subject: issue.subject,
    customer: issue.customer,
    ...(of.order !== undefined && { order: of.order }),
    at: of.now,
    outcome: decided.outcome,
    rule: of.rule?.name ?? '',
    ...(decided.step !== undefined && { step: decided.step }),
    policy: of.policy.hash,
    policyVersion: of.policy.version,
    commands: [...(decided.commands ?? [])],
    evidence: unique([...issue.finding.evidence, toldAt, ...of.ledger.evidence, ...(of.purchase ? [of.purchase.toldAt] : [])]),
    because: decided.because,
    ...(decided.again !== undefined && { again: decided.again }),
  };
};
