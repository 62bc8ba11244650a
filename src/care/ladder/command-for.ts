import type { Command } from '../../topics/remedies.ts';
import type { RemedyKind } from '../../values/ids.ts';
import { commandIdOf } from '../../values/ids.ts';
import type { Money } from '../../values/money.ts';
import { after, dayMs } from '../../values/time.ts';
import { leftToGive } from '../ledger/left-to-give.ts';
import { linesToReplace } from '../ledger/lines-to-replace.ts';
import { givenByAnyone, totalOf } from '../ledger/sums.ts';
import { factsOf } from '../messages/facts.ts';
import { render, servedLocale } from '../messages/render.ts';
import type { Ruled, Situation } from '../situation.ts';
import { readFrom } from '../voice/not-before.ts';
import type { NumberedStep } from './numbered.ts';
import { keyOfStep } from './numbered.ts';

/** How soon an associate should have looked at what was handed over. Chosen, not measured. */
const escalationDueMs = dayMs;

/** The rule of a retraction whose rule is gone from the policy meanwhile. */
const noRule = 'none';

/** What all commands of a situation share. */
export const orderedIn = ({ case: { issue }, order, rule, policy, now }: Situation, kind: RemedyKind, nth: number) => ({
  id: commandIdOf(issue.id, kind, nth),
  issue: issue.id,
  customer: issue.customer,
  ...(order !== undefined && { order }),
  reason: issue.finding.reason,
  rule: rule?.name ?? noRule,
  policy: policy.hash,
  mode: 'auto' as const,
  decidedAt: now,
  expiresAt: after(now, policy.expiryMs),
});

/** Hands the case to an associate; `skill` is what she must be able to do. */
export const escalationFor = (of: Ruled, nth: number, skill: string, why: string): Command => ({
  ...orderedIn(of, 'escalation', nth),
  kind: 'escalation',
  skill,
  dueAt: after(of.now, escalationDueMs),
  summary: `${of.case.issue.detector} (${of.case.issue.finding.reason}) for ${of.case.issue.subject}${of.order === undefined ? '' : `, order ${of.order}`}: ${why}`,
});

const announcedAmount = ({ case: { steps } }: Ruled, announces: string | undefined, ladder: readonly NumberedStep[]): Money | undefined =>
  announces === undefined ? undefined : steps[keyOfStep(ladder, announces) ?? '']?.money;

/** The command that a step of the ladder orders. All that it needs must have been checked. */
export const commandFor = (of: Ruled, { step, nth }: NumberedStep, ladder: readonly NumberedStep[]): Command => {
  const common = orderedIn(of, step.remedy, nth);
  const { context } = of.case.issue;
  const currency = of.ledger.currency ?? '';
  switch (step.remedy) {
    case 'refund':
    case 'credit': {
      const { components, amountMinor } = leftToGive(of.ledger, of.part, step.of, step.share);
      const givenBefore = { amountMinor: totalOf(givenByAnyone(of.ledger)), currency };
      const fundedBy = context.fulfilledBy === 'seller' ? 'seller' : 'us';
      return { ...common, kind: step.remedy, money: { amountMinor, currency }, components: [...components], givenBefore, fundedBy };
    }
    case 'replacement': {
      const { lines } = linesToReplace(of.ledger, of.part);
      const { needBy } = context;
      return {
        ...common,
        kind: 'replacement',
        lines: [...lines],
        service: step.service,
        giftWrap: context.gift === true,
        ...(needBy !== undefined && { needBy }),
      };
    }
    case 'notification': {
      const locale = servedLocale(context.locale ?? of.purchase?.locale);
      const from = readFrom(of);
      const rendered = render(step.message, locale, factsOf(of, locale, announcedAmount(of, step.announces, ladder)));
      return {
        ...common,
        kind: 'notification',
        template: step.message,
        ...rendered,
        notBefore: from,
        expiresAt: after(from, of.policy.expiryMs),
      };
    }
    case 'escalation':
      return escalationFor(of, nth, step.skill, `the step "${step.name}" of the rule "${of.rule.name}"`);
  }
};
