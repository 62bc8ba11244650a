import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** Goods are sent again only where they are ours to send. */
export const fulfilledByUs: Examine = ({ case: { issue } }) =>
  examined('fulfilled by us', issue.context.fulfilledBy ?? 'not known', 'us', issue.context.fulfilledBy === 'us');
