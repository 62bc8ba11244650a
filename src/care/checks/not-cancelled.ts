import { cancellationOf } from '../ledger/cancellation-of.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** What was cancelled can't be late any more; giving its price back is the business of who cancelled it. */
export const notCancelled: Examine = ({ ledger, part }) => {
  const cancellation = cancellationOf(ledger, part);
  return examined(
    'the order still stands',
    cancellation === undefined ? 'it does' : `cancelled by ${cancellation.by}`,
    'not cancelled',
    cancellation === undefined,
  );
};
