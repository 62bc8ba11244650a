import type { About } from '../../policy/templates.ts';
import { templates } from '../../policy/templates.ts';
import { durationInWords } from '../../values/duration.ts';
import { dayMs } from '../../values/time.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

const gravity: Readonly<Record<About, number>> = { film: 0, silence: 1, lateness: 2, loss: 3 };

/** Two parcels of one order, or two problems of one parcel, don't both write on one day, unless the second has worse to tell; nor does one problem write twice at once. What tells of money or goods is always told. */
export const oneVoice: Examine = ({ case: { issue }, ledger: { spoken }, now }, { step }) => {
  if (step.remedy !== 'notification' || step.announces !== undefined || spoken === undefined) return undefined;
  const agoMs = now - spoken.at;
  if (agoMs >= (spoken.issue === issue.id ? 1 : dayMs) || gravity[templates[step.message].about] > gravity[spoken.about]) return undefined;
  const when =
    agoMs < 0 ? `a message in ${durationInWords(agoMs)}` : agoMs === 0 ? 'a message now' : `a message ${durationInWords(agoMs)} ago`;
  return examined(
    'one voice about the order',
    `${when} tells of its ${spoken.about} already`,
    `none within ${durationInWords(dayMs)}`,
    false,
  );
};
