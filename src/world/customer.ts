import type { CustomerId } from '../values/ids.ts';
import { Chance } from './chance.ts';
import type { Market } from './markets.ts';
import { markets } from './markets.ts';

export interface Customer {
  readonly id: CustomerId;
  readonly market: Market;
  readonly zone: string;
}

/** The customer of this number: always the same one for a seed, so that one may have parcels and films. */
export const customerOf = (seed: number, number: number): Customer => {
  const chance = new Chance(seed, 'customer', number);
  const market = chance.weighted(markets);
  return { id: `c-${String(number).padStart(5, '0')}` as CustomerId, market, zone: chance.pick(market.zones) };
};
