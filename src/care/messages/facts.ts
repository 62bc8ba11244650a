import type { Parameter } from '../../policy/templates.ts';
import type { Money } from '../../values/money.ts';
import { formatMoney } from '../../values/money.ts';
import type { Situation } from '../situation.ts';

/** The customer's zone: the subject's, else the purchase's, else UTC. */
export const zoneOf = ({ case: { issue }, purchase }: Situation): string => issue.context.zone ?? purchase?.zone ?? 'UTC';

/** How many formats are kept: the locales we write in times the world's zones are fewer. */
const formatsKept = 2_000;
const days = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes Intl tens of microseconds, and customers live in few zones. */
const dayFormat = (locale: string, timeZone: string): Intl.DateTimeFormat => {
  const name = `${locale} ${timeZone}`;
  const known = days.get(name);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone });
  if (days.size < formatsKept) days.set(name, format);
  return format;
};

/** What the words of a message can be filled with, in a locale. A promised window that ends at midnight ends on the day before. */
export const factsOf = (of: Situation, locale: string, amount: Money | undefined): Readonly<Partial<Record<Parameter, string>>> => {
  const { promisedUntil, title } = of.case.issue.context;
  return {
    ...(of.order !== undefined && { order: of.order }),
    ...(promisedUntil !== undefined && { promised: dayFormat(locale, zoneOf(of)).format(promisedUntil - 1) }),
    ...(title !== undefined && { title: of.purchase?.name ?? title }),
    ...(amount !== undefined && { amount: formatMoney(amount, locale) }),
  };
};
