import { linesToReplace } from '../ledger/lines-to-replace.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** There are lines that nobody replaced and nobody gave money for: a line gets refund or replacement, never both. */
export const linesFree: Examine = ({ ledger, part }) => {
  const { lines, known } = linesToReplace(ledger, part);
  const saw =
    known === 0 ? 'the lines are not known' : `${lines.length} of ${known} line${known === 1 ? '' : 's'} neither refunded nor replaced`;
  return examined('lines to replace', saw, 'at least 1 line', lines.length > 0);
};
