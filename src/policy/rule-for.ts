import type { Policy, Rule } from './policy.ts';

/** The rule for an issue of a detector, found for a reason: one that names the reason goes before one for all; undefined: none. */
export const ruleFor = (policy: Pick<Policy, 'rules'>, detector: string, reason: string): Rule | undefined => {
  const candidates = policy.rules.filter(({ issue }) => issue === detector);
  return candidates.find(({ reasons }) => reasons?.includes(reason)) ?? candidates.find(({ reasons }) => reasons === undefined);
};
