import { describe, expect, test } from 'vitest';
import { after, dayMs, hourMs, minuteMs } from '../../src/values/time.ts';
import {
  Rehearsal,
  adjusted,
  arm,
  at,
  issues,
  late,
  next,
  orderAdjustments,
  paid,
  policyOf,
  rental,
  slow,
  stop,
  streamingPurchases,
} from './support.ts';

const policy = policyOf(`
  - name: late-parcel
    issue: promise-missed
    mode: auto
    settle: PT2H
    ladder:
      - { name: shipping-back, remedy: refund, of: [shipping] }
  - name: lost-parcel
    issue: lost-in-transit
    mode: auto
    ladder:
      - { name: all-back, remedy: refund }
  - name: stalled-parcel
    issue: shipment-stalled
    mode: auto
    ladder:
      - { name: call, after: P30D, remedy: escalation }
  - name: film-too-slow
    issue: slow-download
    mode: auto
    ladder:
      - { name: price-back, remedy: refund }
`);
const start = at('2026-12-20T00:00:00Z');
const promisedSince = at('2026-12-15T00:00:00Z');
const opened = at('2026-12-25T00:01:00Z');
const windowMs = policy.claimWindowMs;
const forgotten = after(opened, windowMs + 2 * dayMs);

const armed = (): Rehearsal => arm(new Rehearsal(policy), policy, start);
const missed = (change: Parameters<typeof late>[0] = {}) => late({ ...change, context: { promisedSince, ...change.context } });
const lost = (change: Parameters<typeof late>[0] = {}) =>
  missed({ detector: 'lost-in-transit', ...change, context: { lossDeclared: true, ...change.context } });
const rowsOf = (story: Rehearsal, table: string): readonly string[] => [...(story.rows.get(table)?.keys() ?? [])];
const refunds = (story: Rehearsal): readonly string[] => story.given.filter((given) => given.startsWith('refund'));
const lastSaw = (story: Rehearsal): unknown => story.decisions.at(-1)?.because.at(-1);

describe('a customer whose case was forgotten', () => {
  const paidOnce = (): Rehearsal => {
    const story = armed().tell(issues, missed(), opened).until(forgotten);
    expect(rowsOf(story, 'cases')).toEqual([]);
    expect(rowsOf(story, 'orders')).toEqual([]);
    expect(story.given).toEqual(['refund 600']);
    return story;
  };

  test('is not paid again when the same issue comes again: it is old news', () => {
    const story = paidOnce()
      .tell(issues, next(missed(), { revision: 3 }), forgotten)
      .until(after(forgotten, windowMs));
    expect(story.given).toEqual(['refund 600']);
    expect(story.story.at(-1)).toBe('historic');
  });

  test('is not paid again for another problem of the same parcel: what was given before may be forgotten, and a person looks', () => {
    const story = paidOnce()
      .tell(issues, lost({ since: forgotten }), forgotten)
      .until(after(forgotten, dayMs));
    expect(story.given).toEqual(['refund 600', 'escalation']);
    expect(lastSaw(story)).toEqual({
      check: 'all that was given for it is known',
      saw: 'the books begin 132 days after it',
      needed: 'within 120 days',
      passed: false,
    });
  });

  test('is not paid again where the books remember the command, though the case does not', () => {
    const story = armed().tell(issues, missed(), opened);
    story
      .until(after(opened, windowMs - dayMs))
      .tell(orderAdjustments, adjusted({ components: [paid('tax', 1, 'l1')] }), after(opened, windowMs - dayMs));
    story.until(forgotten);
    expect(rowsOf(story, 'cases')).toEqual([]);
    expect(rowsOf(story, 'orders')).toHaveLength(1);
    // As if found just now, and under another policy that gives more.
    const before = story.commands.length;
    story.tell(issues, missed({ since: forgotten, context: { promisedUntil: opened } }), forgotten).until(after(forgotten, dayMs));
    expect(story.commands.slice(before)).toEqual([]);
    expect(lastSaw(story)).toMatchObject({ check: 'not ordered before for this problem', passed: false });
  });
});

describe('the books of an order', () => {
  test('that begin soon after the promise are complete, however late the problem is found', () => {
    const told = after(promisedSince, windowMs - minuteMs);
    const story = armed()
      .tell(issues, lost({ since: told }), told)
      .until(after(told, dayMs));
    expect(refunds(story)).toEqual(['refund 6000']);
  });

  test('that begin a claim window after the promise may be the second ones: a gift at the start of a long promise is not given twice', () => {
    const longAgo = at('2026-12-21T00:00:00Z');
    const told = after(longAgo, 200 * dayMs);
    const story = armed()
      .tell(orderAdjustments, adjusted({ components: [paid('line', 5_000, 'l1')] }), longAgo)
      .tell(issues, lost({ since: told }), told)
      .until(after(told, dayMs));
    expect(story.given).toEqual(['escalation']);
  });

  test('are kept as long as a case of that order, of which something was decided later', () => {
    const story = armed().tell(issues, missed({ detector: 'shipment-stalled' }), opened);
    const calledAt = after(opened, 30 * dayMs);
    expect(story.until(calledAt).given).toEqual(['escalation']);
    expect(rowsOf(story.until(after(calledAt, windowMs - hourMs)), 'orders')).toEqual(['ana/o1']);
    expect(rowsOf(story.until(after(calledAt, windowMs + dayMs)), 'orders')).toEqual([]);
  });

  test('go though the same customer always has a case about another order', () => {
    const story = armed().tell(orderAdjustments, adjusted({ order: 'o-old' as never }), start);
    for (let month = 0; month < 12; month++) {
      const told = after(opened, month * 30 * dayMs);
      story.tell(
        issues,
        missed({ subject: `dhl:${month}:s1`, order: `o-${month}` as never, since: told, context: { promisedSince: told } }),
        told,
      );
    }
    expect(rowsOf(story, 'orders')).not.toContain('ana/o-old');
    expect(rowsOf(story, 'orders')).not.toContain('ana/o-0');
    expect(rowsOf(story, 'orders')).toContain('ana/o-11');
  });
});

test('a film bought longer ago than books are kept, and told of only now, is for a person', () => {
  const watchedAt = after(at('2026-12-24T19:55:00Z'), 200 * dayMs);
  const story = armed()
    .tell(streamingPurchases, rental({ offer: 'purchase' }), watchedAt)
    .tell(
      issues,
      { ...slow({ context: { watchedAt, offer: 'purchase' } }), finding: { ...slow().finding, since: watchedAt } },
      after(watchedAt, hourMs),
    )
    .until(after(watchedAt, dayMs));
  expect(story.given).toEqual(['escalation']);
});

test('what is held for the switch is forgotten a claim window after it was decided, however often the switch turns', () => {
  const story = armed();
  stop(story, start, 2).tell(issues, missed(), opened);
  for (let week = 1; week <= 18; week++) stop(story, after(opened, week * 7 * dayMs), 2 + week);
  expect(story.until(forgotten).given).toEqual([]);
  expect(rowsOf(story, 'cases')).toEqual([]);
  expect(rowsOf(story, 'held')).toEqual([]);
  arm(story, policy, after(forgotten, dayMs), 99).until(after(forgotten, 2 * dayMs));
  expect(story.given).toEqual([]);
});

test('what the log never confirms is not tried for ever', () => {
  const story = armed();
  story.money = false;
  const short = after(opened, dayMs);
  story.tell(issues, missed(), opened).until(short);
  expect(rowsOf(story, 'held')).toHaveLength(1);
  // Every ten seconds for four months is a million looks; jump to the last of them.
  const [key, held] = [...(story.rows.get('cases') ?? [])][0] ?? [];
  if (key === undefined || held === undefined) throw new Error('no case');
  story.rows.get('cases')?.set(key, { ...held, state: { ...(held.state as object), wakeAt: after(short, windowMs) } });
  story.until(after(short, windowMs + dayMs));
  expect(rowsOf(story, 'cases')).toEqual([]);
});
