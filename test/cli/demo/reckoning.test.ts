import { describe, expect, it } from 'vitest';
import { reckon } from '../../../src/cli/demo/reckoning.ts';
import type { CustomerId } from '../../../src/values/ids.ts';
import { hourMs, instant } from '../../../src/values/time.ts';
import type { Case } from '../../../src/world/case.ts';

const late = (subject: string, callsAtHour?: number): Case => ({
  kind: 'parcel',
  subject,
  beginsAt: instant(0),
  customer: 'c-1' as CustomerId,
  trouble: 'late',
  zone: 'UTC',
  ...(callsAtHour !== undefined && { wouldCallAt: instant(callsAtHour * hourMs) }),
});
const fine = (subject: string): Case => ({ kind: 'film', subject, beginsAt: instant(0), customer: 'c-1' as CustomerId, zone: 'UTC' });

/** The calls of these cases, helped at these hours, at hour 100. */
const calls = (cases: readonly Case[], helpedAtHour: Readonly<Record<string, number>>) =>
  reckon({
    cases,
    helpedAt: new Map(Object.entries(helpedAtHour).map(([subject, hour]) => [subject, instant(hour * hourMs)])),
    now: instant(100 * hourMs),
  }).calls;

describe('the reckoning', () => {
  it('counts help before the call, and how long before', () => {
    expect(calls([late('a', 30)], { a: 20 })).toEqual({ before: 1, after: 0, never: 0, medianHeadStartMs: 10 * hourMs });
  });

  it('counts help at the moment of the call as too late', () => {
    expect(calls([late('a', 30)], { a: 30 })).toMatchObject({ before: 0, after: 1 });
  });

  it('counts who has called by now and got nothing', () => {
    expect(calls([late('a', 30)], {})).toMatchObject({ never: 1 });
  });

  it('does not count who might yet call', () => {
    expect(calls([late('a', 130)], {})).toMatchObject({ before: 0, after: 0, never: 0 });
  });

  it('does not count who would never call', () => {
    expect(calls([late('a')], { a: 20 })).toMatchObject({ before: 0, after: 0, never: 0 });
  });

  it('leaves out what has not begun', () => {
    const { parcels, inTrouble } = reckon({
      cases: [{ ...late('a', 30), beginsAt: instant(hourMs) }],
      helpedAt: new Map(),
      now: instant(0),
    });
    expect([parcels, inTrouble]).toEqual([0, {}]);
  });

  it('tells what was fine, and how much of it was left alone', () => {
    const { fine: counted, films } = reckon({
      cases: [fine('a'), fine('b'), late('c')],
      helpedAt: new Map([['a', instant(0)]]),
      now: instant(0),
    });
    expect([counted, films]).toEqual([{ cases: 2, leftAlone: 1 }, 2]);
  });
});
