import type { Seen } from '../../engine/stage.ts';
import type { Policy } from '../../policy/policy.ts';
import { ruleFor } from '../../policy/rule-for.ts';
import type { Issue } from '../../topics/issues.ts';
import type { Instant } from '../../values/time.ts';
import { after, instant } from '../../values/time.ts';
import type { Case } from './case.ts';

const settled = (policy: Policy, { detector, finding }: Pick<Issue, 'detector' | 'finding'>, openedAt: Instant): Instant =>
  after(openedAt, ruleFor(policy, detector, finding.reason)?.settleMs ?? 0);

/**
 * The case once a record of its issue was told at `at`; the same case where the record says nothing new (an equal or lower
 * revision) or closes what was never open here. Nothing is decided: it only says when to look, counted from when it was
 * told, never from the task's clock, which after a pause is hours ahead.
 */
export const foldIssue = (
  before: Case | undefined,
  { components: _components, ...issue }: Issue,
  at: Seen,
  policy: Policy,
): Case | undefined => {
  if (before !== undefined && issue.revision <= before.issue.revision) return before;
  const told = {
    issue,
    toldAt: { topic: at.topic, partition: at.partition, offset: at.offset },
    forgetAt: after(at.time, policy.claimWindowMs),
  };
  if (before === undefined) {
    if (issue.state === 'closed') return undefined;
    const fresh = { firstOpenedAt: at.time, openedAt: at.time, seen: false, over: false, historic: false, steps: {}, ordered: [] };
    return { ...told, ...fresh, wakeAt: settled(policy, issue, at.time) };
  }
  const { wakeAt: _wakeAt, closedAt, ...kept } = before;
  const { owed: _owed, ...again } = kept;
  if (before.historic) return { ...kept, ...told };
  if (issue.state === 'closed')
    return closedAt === undefined ? { ...kept, ...told, closedAt: at.time, wakeAt: at.time } : { ...before, ...told };
  if (closedAt !== undefined)
    return { ...again, ...told, openedAt: at.time, seen: false, over: false, steps: {}, wakeAt: settled(policy, issue, at.time) };
  // Changed: it may be due earlier or later than it was; what is due is worked out when it is looked at.
  const settledAt = settled(policy, issue, before.openedAt);
  return { ...kept, ...told, wakeAt: before.seen ? at.time : instant(Math.max(settledAt, at.time)) };
};
