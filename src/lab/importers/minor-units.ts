/**
 * A decimal such as `99.9` as an exact count of minor units (9990 at two digits), or undefined where it is no amount, has
 * more digits than the currency, or is no safe integer. Digits are moved as text: 1.15 * 100 is 114.99999999999999.
 */
export const minorUnitsOf = (decimal: string, digits: number): number | undefined => {
  const found = /^(\d{1,15})(?:\.(\d+))?$/.exec(decimal);
  const [, whole, fraction = ''] = found ?? [];
  const kept = fraction.replace(/0+$/, '');
  if (whole === undefined || kept.length > digits) return undefined;
  const amountMinor = Number(whole + kept.padEnd(digits, '0'));
  return Number.isSafeInteger(amountMinor) ? amountMinor : undefined;
};
