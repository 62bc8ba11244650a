import type { Money } from '../values/money.ts';
import { decimalOf } from '../values/money.ts';

/** An amount as a terminal tells it, the same in every locale: `12.99 USD`. */
export const moneyInWords = (money: Money): string => `${decimalOf(money)} ${money.currency}`;
