import { durationInWords } from '../values/duration.ts';
import type { Policy, Rule, Step } from './policy.ts';

const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;
const kinds = { line: 'the goods', tax: 'tax', shipping: 'shipping', fee: 'fees' } as const;

const given = (step: Step): string => {
  switch (step.remedy) {
    case 'notification':
      return `write "${step.message}"${step.announces === undefined ? '' : `, once "${step.announces}" is ordered`}`;
    case 'refund':
    case 'credit':
      return `${step.remedy} ${step.share === 1 ? 'all' : `up to ${percent(step.share)}`} that was paid for ${step.of.map((kind) => kinds[kind]).join(', ')}`;
    case 'replacement':
      return `send a replacement (${step.service})`;
    case 'escalation':
      return `hand it to an associate (${step.skill})`;
  }
};

/** A rule as a customer service lead would say it, a line a step. */
export const describeRule = (rule: Rule, policy: Pick<Policy, 'promiseGraceMs'>): readonly string[] => [
  `${rule.name}: when ${rule.issue} is found${rule.reasons ? ` (${rule.reasons.join(', ')})` : ''} and stays for ${durationInWords(rule.settleMs)}${rule.mode === 'shadow' ? ' (shadow: nothing is ordered)' : ''}:`,
  ...rule.ladder.map((step) => {
    const when = step.afterMs > rule.settleMs ? `after ${durationInWords(step.afterMs)}` : 'then';
    const moves = step.remedy !== 'notification' && step.remedy !== 'escalation';
    const grace =
      moves && policy.promiseGraceMs > 0
        ? `, for a parcel no sooner than ${durationInWords(policy.promiseGraceMs)} after the promised end`
        : '';
    return `  ${step.name}: ${when} ${given(step)}${step.unless === undefined ? '' : `, unless "${step.unless}" was ordered`}${grace}`;
  }),
];
