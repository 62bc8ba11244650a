import { formatMoney } from '../../values/money.ts';
import { leftToGive } from '../ledger/left-to-give.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** Of what was paid something is left that nobody gave back yet. */
export const somethingLeft: Examine = ({ ledger, part }, { step }) => {
  if (step.remedy !== 'refund' && step.remedy !== 'credit') return undefined;
  const { amountMinor, paidMinor, givenMinor } = leftToGive(ledger, part, step.of, step.share);
  const told = (minor: number): string => formatMoney({ amountMinor: minor, currency: ledger.currency ?? 'XXX' }, 'en');
  const saw = `${told(paidMinor)} paid for ${step.of.join(', ')}, ${told(givenMinor)} of it given before, ${told(amountMinor)} left`;
  return examined(
    'something is left to give',
    saw,
    step.share === 1 ? 'more than nothing left' : `less than ${step.share * 100} % given`,
    amountMinor > 0,
  );
};
