import { describe, expect, it } from 'vitest';
import type { Promised } from '../../src/delivery/promised.ts';
import { promisedOf, promises } from '../../src/delivery/promised.ts';
import { instant } from '../../src/values/time.ts';
import { promise } from './a-parcel.ts';

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const least: Promised = { ...promisedOf(promise()), components: [] };
const { currency: _, ...unpriced } = least;

describe('a promise row', () => {
  it.each<[string, Promised]>([
    ['of a plain parcel', promisedOf(promise())],
    ['of which no price is known', unpriced],
    ['needed by a day', { ...least, needBy: instant(7) }],
    ['with a language', { ...least, locale: 'pt-BR' }],
    [
      'with everything that there can be',
      {
        ...least,
        fulfilledBy: 'partner',
        components: [
          { line: '1', component: 'line', money: euros(1_299) },
          { component: 'shipping', money: euros(499) },
          { component: 'tax', money: { amountMinor: 100, currency: 'USD' } },
        ],
        currency: 'EUR',
        needBy: instant(7),
        gift: true,
        locale: 'de',
      },
    ],
  ])('%s comes back from the changelog as it was', (__, row) => {
    expect(promises.upcast(promises.version, JSON.parse(JSON.stringify(promises.pack?.(row))))).toEqual(row);
  });

  it('of version 1 is still understood', () => {
    expect(promises.upcast(1, JSON.parse(JSON.stringify(least)))).toEqual(least);
  });
});
