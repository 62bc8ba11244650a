import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** An order's books are in one currency; what was told in another can't be compared with it: a person can. */
export const oneCurrency: Examine = ({ case: { issue }, ledger }) => {
  const { currency } = issue.context;
  const other = currency !== undefined && currency !== ledger.currency;
  const needed = `all in ${ledger.currency ?? 'one currency'}`;
  return examined(
    "the order's currency",
    ledger.mixed ? 'several currencies' : other ? `the problem is told in ${currency}` : needed,
    needed,
    !ledger.mixed && !other,
    'stopped',
  );
};
