import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** The rule is not in shadow, and the process was started to act. */
export const acting: Examine = ({ act, rule }) =>
  examined(
    'it may act',
    rule.mode === 'shadow' ? 'the rule is in shadow' : act ? 'the rule is in auto' : 'started without --act',
    'a rule in auto, and --act',
    act && rule.mode === 'auto',
    'shadow',
  );
