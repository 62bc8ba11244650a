import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** What is unknown isn't paid: a person finds out what it was. */
export const paidKnown: Examine = ({ ledger, part }) => {
  const known = ledger.parts[part]?.length ?? 0;
  return examined(
    'what was paid is known',
    known === 0 ? 'nothing is known' : `${known} component${known === 1 ? '' : 's'}`,
    'at least 1 component',
    known > 0,
    'stopped',
  );
};
