import { templates } from '../../policy/templates.ts';
import { factsOf } from '../messages/facts.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** The message's words can be filled in; the amount comes with the step it announces. */
export const wordsKnown: Examine = (of, { step }) => {
  if (step.remedy !== 'notification') return undefined;
  const facts = factsOf(of, 'en', undefined);
  const missing = templates[step.message].parameters.filter((name) => name !== 'amount' && facts[name] === undefined);
  return missing.length === 0
    ? undefined
    : examined('the message can be written', `no ${missing.join(', ')} known`, `all that "${step.message}" tells`, false);
};
