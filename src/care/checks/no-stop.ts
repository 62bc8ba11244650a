import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** While a return, dispute, chargeback or cancellation is under way money is a person's to move. */
export const noStop: Examine = ({ ledger }) => {
  const saw = ledger.stops.map(({ kind, by }) => `${kind === 'unknown amount' ? 'a gift of unknown amount' : kind} by ${by}`).join(', ');
  return examined('no dispute, return, chargeback or cancellation', saw || 'none', 'none', saw === '', 'stopped');
};
