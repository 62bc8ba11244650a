import { expect, test } from 'vitest';
import type { AuditRecord } from '../../src/audit/audited.ts';
import { explain } from '../../src/audit/explain.ts';
import { AmendsError } from '../../src/happenings/errors.ts';
import { issues } from '../../src/topics/issues.ts';
import { instant } from '../../src/values/time.ts';
import { Rehearsal, arm, at, late, policyOf } from '../care/support.ts';

const policy = policyOf(`
  - name: late-parcel
    issue: promise-missed
    mode: auto
    settle: PT2H
    ladder:
      - { name: apologise, remedy: notification, message: parcel-late }
      - { name: shipping-back, remedy: refund, of: [shipping] }
`);

const opened = at('2026-12-25T09:00:00Z');

/** What care really writes, as it stands in an output folder. */
const written = (act: boolean): { readonly records: readonly AuditRecord[]; readonly care: Rehearsal } => {
  const care = arm(new Rehearsal(policy, act), policy, at('2026-12-20T00:00:00Z'))
    .tell(issues, late(), opened)
    .until(at('2026-12-26T00:00:00Z'));
  const issue = { topic: issues.name, partition: 0, offset: 1, timestamp: opened, value: late() };
  return {
    care,
    records: [...care.emitted.map(({ topic, value }, offset) => ({ topic, partition: 0, offset, timestamp: instant(0), value })), issue],
  };
};

test('a refund is explained from what was found to what was ordered, with the figures of every check', () => {
  const { records, care } = written(true);
  const refund = care.commands.find(({ kind }) => kind === 'refund');
  const { lines, kind } = explain(refund?.id ?? '', records);
  expect(kind).toBe('command');
  expect(
    lines.map((line) =>
      line
        .replace(/c-[\w-]{22}/, 'c-X')
        .replace(/i-[\w-]{22}/, 'i-X')
        .replace(policy.hash.slice(0, 12), 'HASH'),
    ),
  ).toMatchInlineSnapshot(`
    [
      "command c-X: 1 problem",
      "",
      "issue i-X: promise-missed for dhl:1:s1, customer ana, order o1",
      "  2026-12-25 09:00:00 UTC  problem found: promise-missed (late), true since 2026-12-25 00:00:00 UTC: late no time [amends.issues/0@1]",
      "      seen in delivery.promises/0@7, and in the silence since",
      "  2026-12-25 11:00:00 UTC  decided on "apologise": ordered (rule late-parcel, policy test HASH) [remedy.decisions/0@0]",
      "      yes  the problem has lasted long enough: 2 hours (needed: at least 2 hours)",
      "      yes  not ordered before for this problem: notification number 1 (needed: any)",
      "      yes  the words are true when they are read: 11 hours past the promised end (needed: after the promised end)",
      "      yes  it may act: the rule is in auto (needed: a rule in auto, and --act)",
      "      rests on delivery.promises/0@7, amends.issues/0@1",
      "  2026-12-25 11:00:00 UTC  ordered: message "Order o1 was due by Thursday, December 24 and is not there yet. We are sorry and on it. Nothing is needed from you." (en, not before 2026-12-25 11:00:00 UTC)",
      "      c-X, to be done by 2027-01-01 11:00:00 UTC [remedy.notifications/0@1]",
      "> 2026-12-25 12:00:00 UTC  decided on "shipping-back": ordered (rule late-parcel, policy test HASH) [remedy.decisions/0@2]",
      "      yes  the problem has lasted long enough: 3 hours (needed: at least 2 hours)",
      "      yes  the promised time is over: 12 hours past the promised end (needed: the promised end and 12 hours)",
      "      yes  not ordered before for this problem: refund number 1 (needed: any)",
      "      yes  the order is known: o1 (needed: an order)",
      "      yes  the order still stands: it does (needed: not cancelled)",
      "      yes  no dispute, return, chargeback or cancellation: none (needed: none)",
      "      yes  what was paid is known: 3 components (needed: at least 1 component)",
      "      yes  the order's currency: all in USD (needed: all in USD)",
      "      yes  something is left to give: $6.00 paid for shipping, $0.00 of it given before, $6.00 left (needed: more than nothing left)",
      "      yes  it may act: the rule is in auto (needed: a rule in auto, and --act)",
      "      yes  money is armed: armed by ops (needed: armed for policy HASH)",
      "      rests on delivery.promises/0@7, amends.issues/0@1",
      "> 2026-12-25 12:00:00 UTC  ordered: refund $6.00 (shipping $6.00; $0.00 given before; at the cost of us)",
      "      c-X, to be done by 2027-01-01 12:00:00 UTC [remedy.refunds/0@3]",
    ]
  `);
});

test.each([
  ['the issue', late().id, 'issue'],
  ['the order', 'o1', 'order'],
  ['the customer', 'ana', 'customer'],
  ['the parcel', 'dhl:1:s1', 'subject'],
  ['the place of a decision', 'remedy.decisions/0@0', 'decision'],
])('the same story is found by %s', (_, id, kind) => {
  const explained = explain(id, written(true).records);
  expect(explained.kind).toBe(kind);
  expect(explained.issues.map(({ timeLine }) => timeLine.map(({ what }) => what))).toEqual([
    ['issue', 'decision', 'command', 'decision', 'command'],
  ]);
});

test('what is only in shadow says what it would have ordered', () => {
  const { records } = written(false);
  expect(explain('ana', records).lines.join('\n')).toContain('would have ordered: refund $6.00');
});

test('an id that nothing is known by is refused', () => {
  expect(() => explain('o404', written(true).records)).toThrow(AmendsError);
  expect(() => explain('o404', written(true).records)).toThrow(/AMENDS_NOT_FOUND/);
});

test('records of other topics, and ones that their schema refuses, are left out', () => {
  const { records } = written(true);
  const noise = [
    { topic: 'delivery.tracking', partition: 0, offset: 0, timestamp: opened, value: { customer: 'ana' } },
    { topic: 'remedy.decisions', partition: 0, offset: 99, timestamp: opened, value: { customer: 'ana' } },
  ];
  expect(explain('ana', [...noise, ...records])).toEqual(explain('ana', records));
});

test('the story is the same in whatever order the records come', () => {
  const { records } = written(true);
  expect(explain('ana', records.toReversed()).lines).toEqual(explain('ana', records).lines);
});
