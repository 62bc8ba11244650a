import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** No word of sympathy about an order that was cancelled, returned or is disputed in part or whole: it would be wrong or unwelcome. A message of what was given is still true. */
export const stillWanted: Examine = ({ ledger }, { step }) => {
  if (step.remedy !== 'notification' || step.announces !== undefined || ledger.stops.length === 0) return undefined;
  const saw = ledger.stops.map(({ kind, by }) => `${kind} by ${by}`).join(', ');
  return examined('the order goes on', saw, 'no dispute, return, chargeback or cancellation', false);
};
