import { describe, expect, it } from 'vitest';
import { topicsNeeded } from '../../../src/engine/topics.ts';
import { reasonsAgainst } from '../../../src/lab/publish/reasons-against.ts';
import { dayMs, instant } from '../../../src/values/time.ts';
import { application, keptForRecords, stages } from './support.ts';

const needed = topicsNeeded({ application, stages, partitions: 3, time: 'records' });
const now = instant(Date.UTC(2026, 10, 22));
const span = { first: instant(Date.UTC(2017, 0, 1)), last: instant(Date.UTC(2018, 8, 1)), now };

/** The reasons where one setting of one topic is another. */
const with_ = (topic: string, setting: string, value: string, at: Partial<typeof span> = {}): readonly string[] => {
  const kept = keptForRecords(needed);
  const before = kept.get(topic);
  if (before) kept.set(topic, { ...before, configs: new Map([...before.configs, [setting, value]]) });
  return reasonsAgainst({ needed, kept, ...span, ...at });
};

describe('topics for a history', () => {
  it('are fit as `topics create --time records` makes them', () => {
    expect(reasonsAgainst({ needed, kept: keptForRecords(needed), ...span })).toEqual([]);
  });

  it('are unfit where the broker would put its own time, progress apart', () => {
    expect(with_('delivery.tracking', 'message.timestamp.type', 'LogAppendTime')).toEqual([
      expect.stringMatching(/^delivery\.tracking: message\.timestamp\.type is LogAppendTime: .*time of today/),
    ]);
    expect(with_('amends.progress', 'message.timestamp.type', 'LogAppendTime')).toEqual([]);
  });

  it('are unfit where the broker would delete records as old as the history', () => {
    const week = String(7 * dayMs);
    expect(with_('remedy.refunds', 'retention.ms', week)).toEqual([expect.stringMatching(/^remedy\.refunds: retention\.ms is .*deleted/)]);
    expect(with_('remedy.refunds', 'retention.ms', week, { first: instant(now - dayMs), last: now })).toEqual([]);
  });

  it('are fit where a retention does not count, because the topic is only compacted', () => {
    expect(with_('amends.controls', 'retention.ms', String(dayMs))).toEqual([]);
  });

  it('are unfit where the broker would refuse what is so old, or so far ahead', () => {
    expect(with_('delivery.promises', 'message.timestamp.before.max.ms', String(dayMs))).toHaveLength(1);
    expect(with_('delivery.promises', 'message.timestamp.after.max.ms', String(dayMs))).toEqual([]);
    expect(with_('delivery.promises', 'message.timestamp.after.max.ms', String(dayMs), { last: instant(now + 2 * dayMs) })).toEqual([
      expect.stringMatching(/ahead of today would be refused/),
    ]);
  });
});
