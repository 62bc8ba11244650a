import { expect, test } from 'vitest';
import { forgetAt } from '../../src/detection/forget-at.ts';
import type { Watches } from '../../src/detection/track.ts';
import { noWatches } from '../../src/detection/track.ts';
import type { IssueId } from '../../src/values/ids.ts';
import { after, dayMs, instant } from '../../src/values/time.ts';

const rested = instant(Date.parse('2026-12-10T00:00:00Z'));
const windowMs = 120 * dayMs;
const open = (since: number): Watches => ({
  late: {
    revision: 1,
    open: {
      issue: 'i-1' as IssueId,
      finding: { reason: 'late', armedBy: 'x', since: instant(since), absence: true, numbers: {}, evidence: [], cohorts: [] },
    },
  },
});

test('what nothing was found about is forgotten a claim window after it came to rest', () => {
  expect(forgetAt(noWatches, rested, windowMs)).toBe(after(rested, windowMs));
});

test('so is what an issue was closed about', () => {
  expect(forgetAt({ late: { revision: 2 } }, rested, windowMs)).toBe(after(rested, windowMs));
});

test('what has an open issue is kept for two claim windows after that became true', () => {
  expect(forgetAt(open(after(rested, dayMs)), rested, windowMs)).toBe(after(rested, dayMs + 2 * windowMs));
});

test('a scan after the issue became true counts all the same', () => {
  expect(forgetAt(open(after(rested, -dayMs)), rested, windowMs)).toBe(after(rested, 2 * windowMs));
});
