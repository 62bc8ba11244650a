import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** The title that went wrong was paid for by itself, before it was watched. */
export const purchaseFound: Examine = ({ case: { issue }, purchase }) => {
  const { title, offer } = issue.context;
  if (title === undefined) return undefined;
  const check = 'the title was paid for';
  const needed = 'a rental or purchase made before it was watched';
  const watched = offer ?? purchase?.offer;
  if (watched === 'free' || watched === 'subscription') return examined(check, `watched as ${watched}`, needed, false);
  if (purchase === undefined) return examined(check, `no purchase of ${title} is known`, needed, false);
  if (purchase.offer === 'subscription') return examined(check, 'bought by subscription', needed, false);
  return examined(check, `a ${purchase.offer}, order ${purchase.order}`, needed, true);
};
