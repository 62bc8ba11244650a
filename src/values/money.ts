import { invariant } from './invariant.ts';

/** A safe integer in the currency's minor unit (ISO 4217: 1299 USD is 12.99, 1299 JPY is 1299). */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/**
 * The currencies whose exponent is not 2, from the ISO 4217 list of current currencies. `Intl` can't be asked: it follows
 * CLDR, which has 0 digits for HUF, IDR, COP, PKR, IQD and more, so that 1299 HUF would be told as 1,299 Ft, not 12.99.
 */
const exponents: readonly (readonly [exponent: number, currencies: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];
const exponentByCurrency = new Map(
  exponents.flatMap(([exponent, currencies]) => currencies.split(' ').map((currency) => [currency, exponent] as const)),
);

/** How many decimal digits a currency's minor unit stands for (ISO 4217 exponent): 2 for USD, 0 for JPY, 3 for KWD. */
export const minorDigitsOf = (currency: string): number => exponentByCurrency.get(currency) ?? 2;

/** The amount as exact decimal text in major units, without grouping: `12.99`, `1299`, `-0.05`. */
export const decimalOf = ({ amountMinor, currency }: Money): `${number}` => {
  invariant(Number.isSafeInteger(amountMinor), `an amount is a safe integer of minor units, not ${amountMinor}`);
  const digits = minorDigitsOf(currency);
  const sign = amountMinor < 0 ? '-' : '';
  const figures = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const whole = figures.slice(0, figures.length - digits);
  return `${sign}${whole}${digits === 0 ? '' : `.${figures.slice(-digits)}`}` as `${number}`;
};

const formats = new Map<string, Intl.NumberFormat>();

/** The amount as a customer reads it in a locale (BCP 47), with every digit of the minor unit: `$12.99`, `12,99 €`, `R$ 12,99`. */
export const formatMoney = (money: Money, locale: string): string => {
  const digits = minorDigitsOf(money.currency);
  const name = `${locale} ${money.currency}`;
  let format = formats.get(name);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: money.currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(name, format);
  }
  return format.format(decimalOf(money));
};

/** The sum of two amounts of one currency. Different currencies are our own bug: invariant. */
export const addMoney = (a: Money, b: Money): Money => {
  invariant(a.currency === b.currency, `amounts of one currency are added, not ${a.currency} and ${b.currency}`);
  return { amountMinor: addMinor(a.amountMinor, b.amountMinor), currency: a.currency };
};

/** The sum of two counts of minor units; leaving the safe integers is an invariant. */
export const addMinor = (a: number, b: number): number => {
  const sum = a + b;
  invariant(Number.isSafeInteger(sum), `an amount stays a safe integer, not ${a} + ${b}`);
  return sum;
};

/** Shares are counted in millionths, so that 0.29 of 100 is 29 and not 28 (0.29 * 100 is 28.999999999999996). */
const millionth = 1_000_000;

/** A share (0 to 1, to the millionth) of an amount of minor units, rounded down: never more than the share. */
export const shareOfMinor = (amountMinor: number, share: number): number => {
  invariant(share >= 0 && share <= 1, `a share is between 0 and 1, not ${share}`);
  return Number((BigInt(amountMinor) * BigInt(Math.round(share * millionth))) / BigInt(millionth));
};

/** A share (0 to 1) of an amount, rounded down to the minor unit. */
export const shareOfMoney = (money: Money, share: number): Money => ({
  amountMinor: shareOfMinor(money.amountMinor, share),
  currency: money.currency,
});
