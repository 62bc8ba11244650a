import { describe, expect, it } from 'vitest';
import { RecentIds } from '../../../src/cli/service/recent-ids.ts';
import { after, dayMs, hourMs, instant } from '../../../src/values/time.ts';

const now = instant(Date.UTC(2026, 10, 22));

describe('recent ids', () => {
  it('know an id again, and no other', () => {
    const ids = new RecentIds();
    expect(['c-1', 'c-2', 'c-1', 'c-3', 'c-2'].map((id) => ids.seen(id, now))).toEqual([false, false, true, false, true]);
  });

  it('know each of 20,000 again, and take no new one for an old one', () => {
    const ids = new RecentIds();
    const all = Array.from({ length: 20_000 }, (_, index) => `c-${index}`);
    expect(all.filter((id) => ids.seen(id, now))).toEqual([]);
    expect(all.filter((id) => !ids.seen(id, now))).toEqual([]);
  });

  it('forget the oldest when there are too many, and not yet the last of a generation', () => {
    const ids = new RecentIds(1_000);
    for (let index = 0; index <= 2_000; index += 1) ids.seen(`c-${index}`, now);
    expect(ids.seen('c-1001', now)).toBe(true);
    expect(ids.seen('c-0', now)).toBe(false);
  });

  it('forget what is a day old', () => {
    const ids = new RecentIds();
    ids.seen('c-1', now);
    expect(ids.seen('c-1', after(now, 11 * hourMs))).toBe(true);
    ids.seen('c-2', after(now, 13 * hourMs));
    ids.seen('c-3', after(now, 26 * hourMs));
    expect(ids.seen('c-1', after(now, 13 * hourMs + dayMs))).toBe(false);
  });
});
