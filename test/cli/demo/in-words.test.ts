import { describe, expect, it } from 'vitest';
import { problemInWords, remedyInWords, timeInWords } from '../../../src/cli/demo/in-words.ts';
import type { Issue } from '../../../src/topics/issues.ts';
import type { Command, Notification, Refund } from '../../../src/topics/remedies.ts';
import { dayMs, hourMs, instant } from '../../../src/values/time.ts';

const christmasEve = instant(Date.UTC(2026, 11, 24, 17));

const issue = (
  of: Pick<Issue, 'detector' | 'subject' | 'context'>,
  numbers: Readonly<Record<string, number>> = {},
  reason = 'late',
): Issue =>
  ({
    ...of,
    id: 'i-1',
    revision: 1,
    state: 'open',
    customer: 'c-1',
    components: [],
    finding: { reason, armedBy: 'a', since: christmasEve, absence: true, numbers, evidence: [], cohorts: [] },
  }) as unknown as Issue;

const parcel = { subject: 'bluegoose:BG1:s-1', context: {} };
const ordered = {
  id: 'c-1',
  issue: 'i-1',
  customer: 'c-1',
  reason: 'r',
  rule: 'r',
  policy: 'p',
  mode: 'auto',
  decidedAt: christmasEve,
  expiresAt: christmasEve,
};
const refund = (component: string): Command =>
  ({
    ...ordered,
    kind: 'refund',
    money: { amountMinor: 499, currency: 'USD' },
    components: [{ component, money: { amountMinor: 499, currency: 'USD' } }],
    givenBefore: { amountMinor: 0, currency: 'USD' },
    fundedBy: 'us',
  }) as unknown as Refund;
const message = (notBefore: number): Command =>
  ({
    ...ordered,
    kind: 'notification',
    template: 't',
    locale: 'en',
    parameters: {},
    short: '',
    long: '',
    notBefore: instant(notBefore),
  }) as unknown as Notification;

describe('the demo says', () => {
  it('when, by the clocks of a zone', () => {
    expect([timeInWords(christmasEve), timeInWords(christmasEve, 'Europe/Berlin')]).toEqual(['Thu 24 Dec 17:00', 'Thu 24 Dec 18:00']);
  });

  it('which parcel has not come, and when it was promised where it goes', () => {
    expect(
      problemInWords(issue({ ...parcel, detector: 'promise-missed', context: { promisedUntil: christmasEve, zone: 'Europe/Berlin' } })),
    ).toBe('parcel BG1, promised by Thu 24 Dec 18:00, has not come');
  });

  it('the day where a day was promised, not the midnight that ends it', () => {
    const midnight = instant(Date.UTC(2026, 11, 24, 23));
    expect(
      problemInWords(issue({ ...parcel, detector: 'promise-missed', context: { promisedUntil: midnight, zone: 'Europe/Berlin' } })),
    ).toBe('parcel BG1, promised for Thu 24 Dec, has not come');
  });

  it('how long a parcel has been silent', () => {
    expect(problemInWords(issue({ ...parcel, detector: 'shipment-stalled' }, { silentMs: 3 * dayMs }))).toBe(
      'parcel BG1, no scan for 3 days',
    );
  });

  it('who says that a parcel is lost', () => {
    expect(problemInWords(issue({ ...parcel, detector: 'lost-in-transit' }, {}, 'declared-lost'))).toBe(
      'parcel BG1, lost, says its carrier',
    );
  });

  it('how a film was', () => {
    expect(
      problemInWords(
        issue({ subject: 'p-1', detector: 'slow-download', context: { title: 'paper-moons' } }, { stalls: 9, stalledShare: 0.31 }),
      ),
    ).toBe('film paper-moons, stood still 9 times, 31 % of the time');
  });

  it('something of a detector it does not know', () => {
    expect(problemInWords(issue({ ...parcel, detector: 'new-one' }, {}, 'odd'))).toBe('bluegoose:BG1:s-1: new-one, odd');
  });

  it('that money for shipping is the shipping fee', () => {
    expect([
      remedyInWords(refund('shipping')).startsWith('shipping fee '),
      remedyInWords(refund('line')).startsWith('shipping fee '),
    ]).toEqual([true, false]);
  });

  it('when a message waits for the morning', () => {
    expect([remedyInWords(message(christmasEve)), remedyInWords(message(christmasEve + 14 * hourMs), 'Europe/Berlin')]).toEqual([
      'message sent',
      'message at 08:00',
    ]);
  });
});
