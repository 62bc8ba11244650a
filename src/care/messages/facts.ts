import type { Parameter } from '../../policy/templates.ts';
import type { Money } from '../../values/money.ts';
import { formatMoney } from '../../values/money.ts';
import type { Situation } from '../situation.ts';

/** The customer's zone: the subject's, else the purchase's, else UTC. */
export const zoneOf = ({ case: { issue }, purchase }: Situation): string => issue.context.zone ?? purchase?.zone ?? 'UTC';

/** What the words of a message can be filled with, in a locale. A promised window that ends at midnight ends on the day before. */
export const factsOf = (of: Situation, locale: string, amount: Money | undefined): Readonly<Partial<Record<Parameter, string>>> => {
  const { promisedUntil, title } = of.case.issue.context;
  const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: zoneOf(of) });
  return {
    ...(of.order !== undefined && { order: of.order }),
    ...(promisedUntil !== undefined && { promised: day.format(promisedUntil - 1) }),
    ...(title !== undefined && { title }),
    ...(amount !== undefined && { amount: formatMoney(amount, locale) }),
  };
};
