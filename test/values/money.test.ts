import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMoney, decimalOf, formatMoney, minorDigitsOf, shareOfMinor, shareOfMoney } from '../../src/values/money.ts';

const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const share = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000);

test.each([
  ['USD', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['CLF', 4],
  ['HUF', 2],
  ['IDR', 2],
  ['IQD', 3],
])('%s has %d digits, as ISO 4217 says', (currency, digits) => {
  expect(minorDigitsOf(currency)).toBe(digits);
});

test.each([
  [{ amountMinor: 1299, currency: 'USD' }, 'en', '$12.99'],
  [{ amountMinor: 1299, currency: 'JPY' }, 'en', '¥1,299'],
  [{ amountMinor: 5, currency: 'EUR' }, 'de', '0,05\u00a0€'],
  [{ amountMinor: 123_456, currency: 'BRL' }, 'pt-BR', 'R$\u00a01.234,56'],
  [{ amountMinor: 1_234_567, currency: 'KWD' }, 'en', 'KWD\u00a01,234.567'],
  [{ amountMinor: 129_900, currency: 'HUF' }, 'en', 'HUF\u00a01,299.00'],
  [{ amountMinor: Number.MAX_SAFE_INTEGER, currency: 'USD' }, 'en', '$90,071,992,547,409.91'],
])('%o reads in %s as %s', (money, locale, told) => {
  expect(formatMoney(money, locale)).toBe(told);
});

test('no digit is lost on the way to decimal text', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom('USD', 'JPY', 'KWD', 'CLF'), (amountMinor, currency) => {
      const [whole = '', fraction = ''] = decimalOf({ amountMinor, currency }).replace('-', '').split('.');
      expect(fraction).toHaveLength(minorDigitsOf(currency));
      expect(BigInt(whole + fraction)).toBe(BigInt(Math.abs(amountMinor)));
    }),
  );
});

test('amounts of two currencies are never added', () => {
  expect(() => addMoney({ amountMinor: 1, currency: 'USD' }, { amountMinor: 1, currency: 'EUR' })).toThrow(/one currency/);
});

test('a sum that no safe integer holds is refused', () => {
  expect(() => addMoney({ amountMinor: Number.MAX_SAFE_INTEGER, currency: 'USD' }, { amountMinor: 1, currency: 'USD' })).toThrow(
    /safe integer/,
  );
});

test('a share is never more than its part, and less by less than one minor unit', () => {
  fc.assert(
    fc.property(amount, share, (amountMinor, of) => {
      const given = BigInt(shareOfMinor(amountMinor, of)) * 1_000_000n;
      const exact = BigInt(amountMinor) * BigInt(Math.round(of * 1_000_000));
      expect(given).toBeLessThanOrEqual(exact);
      expect(exact - given).toBeLessThan(1_000_000n);
    }),
  );
});

test('the shares of an amount that make one together never exceed it', () => {
  fc.assert(
    fc.property(amount, fc.nat(1_000_000), (amountMinor, millionths) => {
      const parts = shareOfMinor(amountMinor, millionths / 1_000_000) + shareOfMinor(amountMinor, (1_000_000 - millionths) / 1_000_000);
      expect(parts).toBeLessThanOrEqual(amountMinor);
    }),
  );
});

test('0.29 of 100 is 29, whatever floating point makes of it', () => {
  expect(shareOfMoney({ amountMinor: 100, currency: 'USD' }, 0.29)).toEqual({ amountMinor: 29, currency: 'USD' });
});

test.each([-0.1, 1.1, Number.NaN])('a share of %d is refused', (of) => {
  expect(() => shareOfMinor(100, of)).toThrow(/between 0 and 1/);
});
