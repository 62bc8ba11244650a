import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** Only what belongs to an order can be given back. */
export const orderKnown: Examine = ({ order }) => examined('the order is known', order ?? 'no order', 'an order', order !== undefined);
