import { expect, test } from 'vitest';
import { after, hourMs, instant, minuteMs, secondMs } from '../../src/values/time.ts';
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

const start = at('2026-12-20T00:00:00Z');
const opened = at('2026-12-25T00:01:00Z');
const settledAt = after(opened, 2 * hourMs);
const end = at('2027-03-01T00:00:00Z');

const lateRules = `
  - name: late-parcel
    issue: promise-missed
    mode: auto
    settle: PT2H
    ladder:
      - { name: apologise, remedy: notification, message: parcel-late }
      - { name: shipping-back, remedy: refund, of: [shipping] }
      - { name: tell-shipping, remedy: notification, message: parcel-late-shipping-refunded, announces: shipping-back }
      - { name: fifth-back, after: P5D, remedy: refund, of: [line, tax], share: 0.2 }
      - { name: all-back, after: P30D, remedy: refund }
`;
const latePolicy = policyOf(lateRules);

const lostRules = `
  - name: lost-parcel
    issue: lost-in-transit
    mode: auto
    settle: PT2H
    ladder:
      - { name: replace, remedy: replacement, service: express }
      - { name: tell-replaced, remedy: notification, message: parcel-lost-replaced, announces: replace }
      - { name: all-back, remedy: refund, unless: replace }
      - { name: tell-all-back, remedy: notification, message: parcel-lost-refunded, announces: all-back }
`;
const lostPolicy = policyOf(`${lostRules}${lateRules}`);
const lost = (change: Parameters<typeof late>[0] = {}) =>
  late({ detector: 'lost-in-transit', ...change, context: { lossDeclared: true, ...change.context } });

const filmPolicy = policyOf(`
  - name: film-too-slow
    issue: slow-download
    mode: auto
    settle: PT30M
    ladder:
      - { name: price-back, remedy: refund }
      - { name: tell-price-back, remedy: notification, message: slow-download-refunded, announces: price-back }
`);

const stalledRules = `
  - name: stalled-parcel
    issue: shipment-stalled
    mode: auto
    settle: PT1H
    ladder:
      - { name: warn, remedy: notification, message: parcel-stalled }
`;
const messagePolicy = policyOf(stalledRules);

const onlySorryRules = `
  - name: late-parcel
    issue: promise-missed
    mode: auto
    ladder: [{ name: apologise, remedy: notification, message: parcel-late }]
`;
const onlySorry = policyOf(onlySorryRules);

const armed = (policy = latePolicy, act = true): Rehearsal => arm(new Rehearsal(policy, act), policy, start);

test('a late parcel gets an apology once settled, the shipping fee after the grace, a fifth after days, and all the rest after a month', () => {
  const story = armed().tell(issues, late(), opened).until(end);
  expect(story.given).toEqual(['message parcel-late', 'refund 600', 'message parcel-late-shipping-refunded', 'refund 1080', 'refund 4320']);
  expect(story.decisions.map(({ at: decidedAt, step }) => [step, new Date(decidedAt).toISOString()])).toEqual([
    ['apologise', '2026-12-25T02:01:00.000Z'],
    ['shipping-back', '2026-12-25T12:00:00.000Z'],
    ['tell-shipping', '2026-12-25T12:00:00.000Z'],
    ['fifth-back', '2026-12-30T00:01:00.000Z'],
    ['all-back', '2027-01-24T00:01:00.000Z'],
  ]);
});

test('a refund names its components, its order, and what was given before by anyone', () => {
  const story = armed()
    .tell(orderAdjustments, adjusted({ components: [paid('line', 1_000, 'l1')] }), after(opened, -1))
    .tell(issues, late(), opened)
    .until(end);
  const refunds = story.commands.filter(({ kind }) => kind === 'refund');
  expect(refunds).toMatchObject([
    {
      order: 'o1',
      components: [paid('shipping', 600)],
      money: { amountMinor: 600 },
      givenBefore: { amountMinor: 1_000, currency: 'USD' },
      fundedBy: 'us',
    },
    { components: [paid('tax', 80, 'l1')], givenBefore: { amountMinor: 1_600 } },
    { components: [paid('line', 4_000, 'l1'), paid('tax', 320, 'l1')], givenBefore: { amountMinor: 1_680 } },
  ]);
});

test.each([
  ['a millisecond before', -1, []],
  ['at', 0, []],
  ['a millisecond after', 1, ['message parcel-late']],
])('a parcel that arrives %s the end of the settle time', (_, ms, given) => {
  const issue = late({ context: { zone: 'Asia/Tokyo' } });
  const story = armed()
    .tell(issues, issue, opened)
    .tell(issues, next(issue, { state: 'closed' }), after(settledAt, ms))
    .until(end);
  expect(story.given).toEqual(given);
  expect(story.story.at(-1)).toBe('nothing');
  expect(story.decisions.at(-1)?.because[0]).toEqual({
    check: 'the problem is still open',
    saw: 'closed by itself',
    needed: 'open',
    passed: false,
  });
});

test('the settle time counts from when the issue was told, not from the clock of a task that comes back after a weekend', () => {
  const issue = late();
  const story = armed();
  story.now = after(opened, 60 * hourMs);
  story.stage.inputs
    .find(({ topic }) => topic.name === issues.name)
    ?.handle(issue, { topic: issues.name, partition: 0, offset: 1, time: opened }, story.task);
  expect([...(story.rows.get('cases') ?? [])].map(([, { table, state }]) => table.wakeAt(state))).toEqual([settledAt]);
});

test('a task that comes back after the parcel arrived orders nothing', () => {
  const issue = late();
  const story = armed();
  const onIssue = story.stage.inputs.find(({ topic }) => topic.name === issues.name);
  onIssue?.handle(issue, { topic: issues.name, partition: 0, offset: 1, time: opened }, story.task);
  onIssue?.handle(
    next(issue, { state: 'closed' }),
    { topic: issues.name, partition: 0, offset: 2, time: after(opened, 3 * hourMs) },
    story.task,
  );
  expect(story.until(end).commands).toEqual([]);
});

test('before the promised end and its grace no money moves, however long the issue is open', () => {
  const early = late({ context: { promisedUntil: at('2026-12-28T00:00:00Z') }, since: opened });
  const story = armed().tell(issues, early, opened).until(at('2026-12-28T11:59:59.999Z'));
  expect(story.given).toEqual([]);
  expect(story.until(at('2026-12-28T12:00:00Z')).given).toContain('refund 600');
});

test('a loss that the carrier declares need not wait for the promised end', () => {
  const story = armed(lostPolicy)
    .tell(issues, lost({ context: { promisedUntil: at('2027-01-10T00:00:00Z'), fulfilledBy: 'seller' }, since: opened }), opened)
    .until(settledAt);
  expect(story.given).toEqual(['refund 6000', 'message parcel-lost-refunded']);
  expect(story.commands[0]).toMatchObject({ fundedBy: 'seller' });
});

test('a parcel of which no promise is known moves no money', () => {
  const { promisedUntil: _promisedUntil, ...context } = late().context;
  const story = armed()
    .tell(issues, { ...late(), context }, opened)
    .until(end);
  expect(story.given).toEqual([]);
  expect(story.decisions.flatMap(({ because }) => because.filter(({ passed }) => !passed)).map(({ saw }) => saw)).toContain(
    'no promise is known',
  );
});

test('lost goods that are ours to send are sent again, and then not paid back', () => {
  const story = armed(lostPolicy)
    .tell(issues, lost({ context: { gift: true } }), opened)
    .until(end);
  expect(story.given).toEqual(['replacement l1', 'message parcel-lost-replaced']);
  expect(story.story).toEqual(['ordered replace', 'ordered tell-replaced', 'nothing all-back', 'nothing tell-all-back']);
  expect(story.commands[0]).toMatchObject({ service: 'express', giftWrap: true });
});

test('one parcel that is late and then lost gets each component once, and no replacement for a line that was refunded in part', () => {
  const story = armed(lostPolicy)
    .tell(issues, late(), opened)
    .tell(issues, lost(), after(opened, 6 * 24 * hourMs))
    .until(end);
  expect(story.given.filter((given) => !given.startsWith('message'))).toEqual(['refund 600', 'refund 1080', 'refund 4320']);
});

test('a line that was replaced is not refunded by another issue; the shipping fee is', () => {
  const story = armed(lostPolicy).tell(issues, lost(), opened).tell(issues, late(), after(opened, 1)).until(end);
  expect(story.given.filter((given) => !given.startsWith('message'))).toEqual(['replacement l1', 'refund 600']);
});

test('what a seller gave back already is not given again', () => {
  const story = armed()
    .tell(issues, late(), opened)
    .tell(orderAdjustments, adjusted({ by: 'seller' }), after(opened, hourMs))
    .until(at('2026-12-26T00:00:00Z'));
  expect(story.story).toEqual(['ordered apologise', 'nothing shipping-back', 'nothing tell-shipping']);
  expect(story.decisions[1]?.because.at(-1)).toEqual({
    check: 'something is left to give',
    saw: '$6.00 paid for shipping, $6.00 of it given before, $0.00 left',
    needed: 'more than nothing left',
    passed: false,
  });
  expect(story.decisions[1]?.evidence).toContainEqual({ topic: 'order.adjustments', partition: 0, offset: 2 });
});

test('the same adjustment told twice counts once', () => {
  const half = adjusted({ components: [paid('shipping', 300)] });
  const story = armed()
    .tell(orderAdjustments, half, start)
    .tell(orderAdjustments, half, after(start, 1))
    .tell(issues, late(), opened)
    .until(at('2026-12-26T00:00:00Z'));
  expect(story.given).toContain('refund 300');
});

test('an adjustment that carries out our own refund counts as the same money', () => {
  const story = armed().tell(issues, late(), opened).until(at('2026-12-26T00:00:00Z'));
  const refund = story.commands.find(({ kind }) => kind === 'refund');
  story.tell(orderAdjustments, adjusted({ by: 'amends', command: refund?.id }), at('2026-12-26T00:00:00Z')).until(end);
  expect(story.given.filter((given) => given.startsWith('refund'))).toEqual(['refund 600', 'refund 1080', 'refund 4320']);
});

test.each(['dispute', 'return', 'chargeback'] as const)('an open %s stops the money and the words, and asks one person to look', (kind) => {
  const story = armed()
    .tell(orderAdjustments, adjusted({ kind, by: 'bank', components: [] }), start)
    .tell(issues, late(), opened)
    .until(end);
  expect(story.given).toEqual(['escalation']);
  expect(story.story).toEqual(['nothing apologise', 'held shipping-back', 'nothing tell-shipping', 'held fifth-back', 'held all-back']);
  expect(story.decisions[1]?.because.at(-1)).toMatchObject({ saw: `${kind} by bank`, passed: false });
});

test.each([
  ['all of it', []],
  ['every line of the parcel', [paid('line', 5_000, 'l1'), paid('line', 100, 'l9')]],
])('a parcel whose order was cancelled, %s, gets no word, no money and no associate', (_, components) => {
  const story = armed()
    .tell(orderAdjustments, adjusted({ kind: 'cancellation', by: 'seller', components }), start)
    .tell(issues, late(), opened)
    .until(end);
  expect(story.given).toEqual([]);
  expect(new Set(story.decisions.map(({ outcome }) => outcome))).toEqual(new Set(['nothing']));
  expect(story.decisions[1]?.because.at(-1)).toMatchObject({ check: 'the order still stands', saw: 'cancelled by seller' });
});

test('a cancellation of other lines than the parcel holds stops its money, and asks one person to look', () => {
  const story = armed()
    .tell(orderAdjustments, adjusted({ kind: 'cancellation', by: 'seller', components: [paid('line', 100, 'l9')] }), start)
    .tell(issues, late(), opened)
    .until(end);
  expect(story.given).toEqual(['escalation']);
});

test('lines cancelled one after the other are all of the parcel in the end', () => {
  const two = late({ components: [paid('line', 5_000, 'l1'), paid('line', 100, 'l2')] });
  const story = armed()
    .tell(orderAdjustments, adjusted({ kind: 'cancellation', components: [paid('line', 5_000, 'l1')] }), start)
    .tell(orderAdjustments, adjusted({ adjustment: 'a2', kind: 'cancellation', components: [paid('line', 100, 'l2')] }), after(start, 1))
    .tell(issues, two, opened)
    .until(end);
  expect(story.given).toEqual([]);
});

test('a parcel whose price is not known moves no money, and a person is asked to look', () => {
  const story = armed()
    .tell(issues, late({ components: [] }), opened)
    .until(end);
  expect(story.given).toEqual(['message parcel-late', 'escalation']);
  expect(story.commands[1]).toMatchObject({ skill: 'customer-care' });
  expect(story.decisions[1]?.because.at(-1)).toMatchObject({ check: 'what was paid is known', saw: 'nothing is known' });
});

test('what was paid in several currencies is not given back by itself, but by a person', () => {
  const story = armed()
    .tell(issues, late({ components: [paid('line', 5_000, 'l1'), paid('shipping', 600, undefined, 'EUR')] }), opened)
    .until(end);
  expect(story.given).toEqual(['message parcel-late', 'escalation']);
  expect(story.decisions[1]?.because.at(-1)).toMatchObject({ check: "the order's currency", saw: 'several currencies' });
});

test('a problem that is weeks old when it is first heard of is shown once, and nothing is done about it, ever', () => {
  const old = late({ since: at('2026-12-01T00:00:00Z') });
  const story = armed()
    .tell(issues, old, opened)
    .tell(issues, next(old, { state: 'closed' }), after(opened, 5 * hourMs))
    .tell(issues, next(next(old, {}), { state: 'open' }), after(opened, 9 * hourMs))
    .until(end);
  expect(story.story).toEqual(['historic']);
  expect(story.given).toEqual([]);
});

test('a problem true for exactly as long as news stays fresh is acted on', () => {
  const story = armed()
    .tell(issues, late({ since: at('2026-12-18T00:01:00Z') }), opened)
    .until(settledAt);
  expect(story.given).toEqual(['message parcel-late']);
});

test('an issue that no rule is for is recorded once, with nothing', () => {
  const stalled = late({ detector: 'shipment-stalled' });
  const story = armed()
    .tell(issues, stalled, opened)
    .tell(issues, next(stalled, { state: 'closed' }), after(opened, hourMs))
    .until(end);
  expect(story.story).toEqual(['nothing']);
  expect(story.decisions[0]).toMatchObject({ rule: '', because: [{ check: 'a rule is there for it' }] });
});

test('a case that waits says so once, and until when', () => {
  const policy = policyOf(`
  - name: shipping-only
    issue: promise-missed
    mode: auto
    settle: PT2H
    ladder: [{ name: shipping-back, remedy: refund, of: [shipping] }]
`);
  const issue = late();
  const story = armed(policy)
    .tell(issues, issue, opened)
    .tell(issues, next(issue, {}), after(opened, 3 * hourMs))
    .until(end);
  expect(story.story).toEqual(['waiting', 'ordered shipping-back']);
  expect(story.decisions[0]?.again).toBe(at('2026-12-25T12:00:00Z'));
});

test('closing and opening again pays nothing twice', () => {
  const issue = late();
  const closed = next(issue, { state: 'closed' });
  const story = armed()
    .tell(issues, issue, opened)
    .tell(issues, closed, at('2026-12-26T00:00:00Z'))
    .tell(issues, next(closed, { state: 'open' }), at('2026-12-27T00:00:00Z'))
    .until(at('2026-12-28T00:00:00Z'));
  expect(story.given).toEqual(['message parcel-late', 'refund 600', 'message parcel-late-shipping-refunded']);
  expect(story.story.slice(-3)).toEqual(['nothing shipping-back', 'nothing tell-shipping', 'nothing apologise']);
});

test('the same record of an issue told twice changes nothing', () => {
  const story = armed().tell(issues, late(), opened).tell(issues, late(), after(opened, hourMs)).until(settledAt);
  expect(story.story).toEqual(['ordered apologise']);
});

test('a parcel that arrives overnight takes back the apology that waits for the morning, once', () => {
  const policy = policyOf(lateRules, 'quietHours: { from: "21:00", until: "08:00" }');
  const issue = late();
  const closed = next(issue, { state: 'closed' });
  const story = armed(policy)
    .tell(issues, issue, opened)
    .tell(issues, closed, at('2026-12-25T03:00:00Z'))
    .tell(issues, next(closed, { state: 'closed' }), at('2026-12-25T04:00:00Z'))
    .until(end);
  expect(story.given).toEqual(['message parcel-late', 'retraction']);
  expect(story.commands[1]).toMatchObject({ of: story.commands[0]?.id });
  expect(story.commands[0]).toMatchObject({ notBefore: at('2026-12-25T08:00:00Z') });
});

test('a word that was sent in the daytime is not taken back', () => {
  const issue = late({ context: { zone: 'Asia/Tokyo' } });
  const story = armed()
    .tell(issues, issue, opened)
    .tell(issues, next(issue, { state: 'closed' }), after(settledAt, minuteMs))
    .until(end);
  expect(story.given).toEqual(['message parcel-late']);
});

test('a film that could not be watched is refunded in full, with the short note', () => {
  const story = armed(filmPolicy)
    .tell(streamingPurchases, rental(), at('2026-12-24T19:55:00Z'))
    .tell(issues, slow(), at('2026-12-24T21:00:00Z'))
    .until(end);
  expect(story.given).toEqual(['refund 319', 'message slow-download-refunded']);
  expect(story.commands[0]).toMatchObject({ order: 'f1' });
  expect(story.commands[1]).toMatchObject({
    locale: 'en',
    parameters: { title: 'casablanca', amount: '$3.19' },
    long: expect.stringMatching(
      /^We noticed that you experienced poor video playback while watching casablanca\. We're sorry for the inconvenience and have issued a refund: \$3\.19\./,
    ),
  });
});

test('a film is called by the name that its purchase gives it, and its message keeps the hours of the zone of its buyer', () => {
  const story = armed(filmPolicy)
    .tell(streamingPurchases, rental({ name: 'Casablanca', zone: 'Asia/Tokyo' }), at('2026-12-24T19:55:00Z'))
    .tell(issues, slow(), at('2026-12-24T21:00:00Z'))
    .until(end);
  expect(story.commands[1]).toMatchObject({ parameters: { title: 'Casablanca' }, notBefore: at('2026-12-24T23:00:00Z') });
});

test('one rental watched badly in two sessions is refunded once', () => {
  const story = armed(filmPolicy)
    .tell(streamingPurchases, rental(), at('2026-12-24T19:55:00Z'))
    .tell(issues, slow(), at('2026-12-24T21:00:00Z'))
    .tell(issues, slow({ id: 'i-other' as never, subject: 'session-2' }), at('2026-12-24T22:00:00Z'))
    .until(end);
  expect(story.given).toEqual(['refund 319', 'message slow-download-refunded']);
});

test('of two rentals of the same film the one by which it was watched is refunded', () => {
  const story = armed(filmPolicy)
    .tell(streamingPurchases, rental({ order: 'f0' as never, purchasedAt: '2026-12-22T19:00:00Z' }), at('2026-12-22T19:00:00Z'))
    .tell(streamingPurchases, rental(), at('2026-12-24T19:55:00Z'))
    .tell(streamingPurchases, rental({ order: 'f2' as never, purchasedAt: '2026-12-24T20:30:00Z' }), at('2026-12-24T20:30:00Z'))
    .tell(issues, slow(), at('2026-12-24T21:00:00Z'))
    .until(end);
  expect(story.commands.map(({ order }) => order)).toEqual(['f1', 'f1']);
});

test.each([
  ['nobody bought it', slow(), undefined, 'no purchase of casablanca is known'],
  ['it came by subscription', slow({ context: { offer: 'subscription' } }), rental(), 'watched as subscription'],
  ['it was free', slow({ context: { offer: 'free' } }), rental(), 'watched as free'],
  ['it was rented only afterwards', slow(), rental({ purchasedAt: '2026-12-24T20:00:01Z' }), 'no purchase of casablanca is known'],
])('a film that stuttered costs nothing where %s', (_, issue, purchase, saw) => {
  const story = armed(filmPolicy);
  if (purchase !== undefined) story.tell(streamingPurchases, purchase, at('2026-12-24T20:01:00Z'));
  story.tell(issues, issue, at('2026-12-24T21:00:00Z')).until(end);
  expect(story.given).toEqual([]);
  expect(story.decisions[0]?.because.at(-1)).toMatchObject({ saw });
});

test('without --act every rule is in shadow: the commands are recorded with amounts and words, and nothing goes out', () => {
  const story = armed(latePolicy, false).tell(issues, late(), opened).until(at('2026-12-26T00:00:00Z'));
  expect(story.commands).toEqual([]);
  expect(story.story).toEqual(['shadow apologise', 'shadow shipping-back', 'shadow tell-shipping']);
  expect(story.decisions[1]?.commands[0]).toMatchObject({ kind: 'refund', money: { amountMinor: 600 } });
  expect(story.decisions[2]?.commands[0]).toMatchObject({ parameters: { amount: '$6.00' } });
});

test('a rule in shadow orders nothing though the process acts', () => {
  const policy = policyOf(lateRules.replace('mode: auto', 'mode: shadow'));
  const story = armed(policy).tell(issues, late(), opened).until(end);
  expect(story.commands).toEqual([]);
  expect(new Set(story.decisions.map(({ outcome }) => outcome))).toEqual(new Set(['shadow']));
});

test('in shadow the replacement is listed and the refund in its stead is not', () => {
  const story = armed(lostPolicy, false).tell(issues, lost(), opened).until(end);
  expect(story.story).toEqual(['shadow replace', 'shadow tell-replaced', 'nothing all-back', 'nothing tell-all-back']);
});

test('while nobody armed the money it is held, the apology goes out, and no message tells of money', () => {
  const story = new Rehearsal(latePolicy).tell(issues, late(), opened).until(at('2026-12-26T00:00:00Z'));
  expect(story.permitted).toBe(false);
  expect(story.given).toEqual(['message parcel-late']);
  expect(story.story).toEqual(['ordered apologise', 'held shipping-back', 'held tell-shipping']);
  expect(story.decisions[1]?.because.at(-1)).toMatchObject({ check: 'money is armed', saw: 'nobody has armed it', passed: false });
});

test('once the money is armed what was held is ordered, with its message, once', () => {
  const story = new Rehearsal(latePolicy).tell(issues, late(), opened).until(at('2026-12-26T00:00:00Z'));
  arm(story, latePolicy, at('2026-12-26T00:00:00Z')).until(at('2026-12-27T00:00:00Z'));
  expect(story.given).toEqual(['message parcel-late', 'refund 600', 'message parcel-late-shipping-refunded']);
  arm(story, latePolicy, at('2026-12-28T00:00:00Z'), 5).until(at('2026-12-29T00:00:00Z'));
  expect(story.given).toHaveLength(3);
});

test('what is held and closes meanwhile is not ordered when the switch turns back', () => {
  const issue = late();
  const story = new Rehearsal(latePolicy)
    .tell(issues, issue, opened)
    .tell(issues, next(issue, { state: 'closed' }), at('2026-12-26T00:00:00Z'));
  arm(story, latePolicy, at('2026-12-27T00:00:00Z')).until(end);
  expect(story.given).toEqual(['message parcel-late']);
});

test('what was due and held before a parcel came, late, is still due when the switch turns back, once, and nothing more', () => {
  const issue = late();
  const came = next(issue, { state: 'closed', finding: { ...issue.finding, stands: true } });
  const story = new Rehearsal(latePolicy).tell(issues, issue, opened).tell(issues, came, at('2026-12-26T00:00:00Z'));
  story.until(at('2026-12-26T12:00:00Z'));
  expect(story.decisions.at(-1)?.because.at(-1)).toMatchObject({ check: 'held before it closed', saw: 'still due, the wrong was done' });
  arm(story, latePolicy, at('2026-12-27T00:00:00Z')).until(at('2026-12-28T00:00:00Z'));
  expect(story.given).toEqual(['message parcel-late', 'refund 600', 'message parcel-late-shipping-refunded']);
  arm(story, latePolicy, at('2026-12-29T00:00:00Z'), 5).until(end);
  expect(story.given).toHaveLength(3);
  expect(story.rows.get('held')?.size).toBe(0);
});

test('a parcel that comes, late, just while the log could not confirm the switch gets its fee seconds later', () => {
  const issue = late();
  const came = next(issue, { state: 'closed', finding: { ...issue.finding, stands: true } });
  const story = armed().tell(issues, issue, opened);
  story.money = false;
  story.tell(issues, came, at('2026-12-25T12:00:05Z'));
  story.until(at('2026-12-25T12:00:05Z'));
  story.money = true;
  story.until(at('2026-12-25T12:00:15Z'));
  expect(story.given).toContain('refund 600');
});

test('a stop holds until an armed record with a higher latch; an old one sent again releases nothing, and any stop stops', () => {
  const story = arm(new Rehearsal(latePolicy), latePolicy, start, 1);
  expect(story.permitted).toBe(true);
  stop(story, after(start, 1), 2);
  expect(story.permitted).toBe(false);
  arm(story, latePolicy, after(start, 2), 1);
  arm(story, latePolicy, after(start, 3), 2);
  expect(story.permitted).toBe(false);
  arm(story, latePolicy, after(start, 4), 3);
  expect(story.permitted).toBe(true);
  stop(story, after(start, 5), 1);
  expect(story.permitted).toBe(false);
  arm(story, latePolicy, after(start, 6), 4);
  expect(story.permitted).toBe(true);
});

test('a process with another policy than the armed one moves no money', () => {
  const story = arm(new Rehearsal(latePolicy), lostPolicy, start).tell(issues, late(), opened).until(at('2026-12-26T00:00:00Z'));
  expect(story.permitted).toBe(false);
  expect(story.given).toEqual(['message parcel-late']);
});

test('a control topic that was made anew means no money', () => {
  const story = armed();
  story.stage.inputs.find(({ whole }) => whole)?.forget?.(story.task);
  expect(story.permitted).toBe(false);
});

test('where the log refuses the permit that the switch gives, the money is tried again ten seconds later', () => {
  const story = armed().tell(issues, late(), opened);
  story.money = false;
  story.until(at('2026-12-25T12:00:25Z'));
  expect(story.story).toEqual(['ordered apologise', 'held shipping-back', 'held tell-shipping']);
  story.money = true;
  story.until(at('2026-12-25T12:00:30Z'));
  expect(story.given).toEqual(['message parcel-late', 'refund 600', 'message parcel-late-shipping-refunded']);
  expect(story.commands.at(1)?.decidedAt).toBe(after(at('2026-12-25T12:00:00Z'), 30 * secondMs));
});

test('hundreds of held cases are all reconciled when the switch turns, a part in each transaction', () => {
  const story = new Rehearsal(filmPolicy);
  for (let n = 0; n < 250; n++) {
    const customer = `c${n}` as never;
    story.tell(streamingPurchases, rental({ customer, order: `f${n}` as never }), at('2026-12-24T19:55:00Z'));
    story.tell(issues, slow({ customer, id: `i-${n}` as never }), at('2026-12-24T21:00:00Z'));
  }
  story.until(at('2026-12-24T23:00:00Z'));
  expect(story.commands).toEqual([]);
  arm(story, filmPolicy, at('2026-12-25T00:00:00Z')).until(at('2026-12-25T00:00:00Z'));
  expect(story.given.filter((given) => given === 'refund 319')).toHaveLength(250);
  expect(story.rows.get('held')?.size).toBe(0);
});

test('a promise revised while the case is open moves the money with it', () => {
  const issue = late();
  const story = armed()
    .tell(issues, issue, opened)
    .tell(issues, next(issue, { context: { ...issue.context, promisedUntil: at('2026-12-27T00:00:00Z') } }), at('2026-12-25T05:00:00Z'))
    .until(at('2026-12-27T11:59:59Z'));
  expect(story.given).toEqual(['message parcel-late']);
  expect(story.until(at('2026-12-27T12:00:00Z')).given).toContain('refund 600');
});

test('once the claim window is over nothing of a customer is kept', () => {
  const story = armed(filmPolicy)
    .tell(streamingPurchases, rental(), at('2026-12-24T19:55:00Z'))
    .tell(orderAdjustments, adjusted({ order: 'f1' as never, components: [paid('tax', 1, 'film')] }), at('2026-12-24T19:56:00Z'));
  story.tell(issues, slow(), at('2026-12-24T21:00:00Z')).until(at('2028-01-01T00:00:00Z'));
  expect(Object.fromEntries([...story.rows].map(([name, rows]) => [name, rows.size]))).toMatchObject({
    cases: 0,
    orders: 0,
    purchases: 0,
    adjustments: 0,
  });
});

test('every decision and command is told to telemetry', () => {
  const story = armed().tell(issues, late(), opened).until(end);
  expect(story.told.filter(({ name }) => name === 'DecisionMade')).toHaveLength(story.decisions.length);
  expect(story.told.filter(({ name }) => name === 'CommandOrdered')).toHaveLength(story.commands.length);
});

test('the same history gives the same commands, whatever else the task held', () => {
  const alone = armed().tell(issues, late(), opened).until(end);
  const crowded = armed();
  for (let n = 0; n < 20; n++)
    crowded.tell(issues, late({ customer: `c${n}` as never, id: `i-${n}` as never, order: `o${n}` as never }), after(opened, n - 20));
  crowded.tell(issues, late(), instant(opened)).until(end);
  expect(crowded.commands.filter(({ customer }) => customer === 'ana')).toEqual(alone.commands);
});

const stalled = (change: Parameters<typeof late>[0] = {}) =>
  late({
    detector: 'shipment-stalled',
    since: opened,
    ...change,
    context: { promisedUntil: at('2026-12-28T00:00:00Z'), ...change.context },
  });

test('a stalled parcel that is still promised gets a word and no money', () => {
  expect(armed(messagePolicy).tell(issues, stalled(), opened).until(end).given).toEqual(['message parcel-stalled']);
});

test('nobody is told that a parcel may still come in time once its promised end has passed, or will have when the word is read', () => {
  const passed = stalled({ context: { promisedUntil: after(opened, hourMs) } });
  const story = armed(messagePolicy).tell(issues, passed, opened).until(end);
  expect(story.given).toEqual([]);
  expect(story.decisions[0]?.because.at(-1)).toEqual({
    check: 'the words are true when they are read',
    saw: '6 hours 59 minutes past the promised end',
    needed: 'before the promised end',
    passed: false,
  });
});

test('two late parcels of one order say sorry once', () => {
  const story = armed(onlySorry)
    .tell(issues, late(), opened)
    .tell(issues, late({ subject: 'dhl:2:s1' }), after(opened, hourMs))
    .until(end);
  expect(story.given).toEqual(['message parcel-late']);
  expect(story.decisions[1]?.because.at(-1)).toMatchObject({ check: 'one voice about the order', passed: false });
});

test('two late parcels of one customer in two orders say sorry twice', () => {
  const story = armed(onlySorry)
    .tell(issues, late(), opened)
    .tell(issues, late({ subject: 'dhl:2:s1', order: 'o2' as never }), after(opened, hourMs))
    .until(end);
  expect(story.given).toEqual(['message parcel-late', 'message parcel-late']);
});

test('who hears of money at once does not hear sorry apart', () => {
  const yesterday = late({ context: { promisedUntil: at('2026-12-23T00:00:00Z') } });
  const told = armed().tell(issues, yesterday, opened).until(settledAt);
  expect(told.given).toEqual(['refund 600', 'message parcel-late-shipping-refunded']);
  expect(told.decisions.at(-1)).toMatchObject({
    step: 'apologise',
    because: expect.arrayContaining([expect.objectContaining({ saw: 'a message in 5 hours 59 minutes tells of its lateness already' })]),
  });
  const free = late({ ...yesterday, components: [paid('line', 5_000, 'l1')] });
  expect(armed().tell(issues, free, opened).until(settledAt).given).toEqual(['message parcel-late']);
});

test('the day after, and where the news is worse, a second word is said', () => {
  const policy = policyOf(`${onlySorryRules}${stalledRules}`);
  const silent = stalled({ context: { promisedUntil: after(opened, 8 * hourMs) } });
  const worse = armed(policy)
    .tell(issues, silent, opened)
    .tell(issues, late({ since: after(opened, 9 * hourMs), context: silent.context }), after(opened, 9 * hourMs))
    .tell(issues, late({ subject: 'dhl:2:s1' }), after(opened, 40 * hourMs))
    .until(end);
  expect(worse.given).toEqual(['message parcel-stalled', 'message parcel-late', 'message parcel-late']);
});

test('a word that was taken back is as good as never said', () => {
  const issue = late();
  const story = armed(onlySorry)
    .tell(issues, issue, opened)
    .tell(issues, next(issue, { state: 'closed' }), at('2026-12-25T03:00:00Z'))
    .tell(issues, late({ subject: 'dhl:2:s1' }), at('2026-12-25T04:00:00Z'))
    .until(end);
  expect(story.given).toEqual(['message parcel-late', 'retraction', 'message parcel-late']);
});

const sorryInstead = policyOf(`
  - name: late-parcel
    issue: promise-missed
    mode: auto
    ladder:
      - { name: shipping-back, remedy: refund, of: [shipping] }
      - { name: tell, remedy: notification, message: parcel-late-shipping-refunded, announces: shipping-back }
      - { name: apologise, unless: shipping-back, remedy: notification, message: parcel-late }
`);

test('where a fee is given back one message says so and nobody says sorry apart; where none was paid somebody does', () => {
  expect(armed(sorryInstead).tell(issues, late(), opened).until(end).given).toEqual([
    'refund 600',
    'message parcel-late-shipping-refunded',
  ]);
  const free = late({ components: [paid('line', 5_000, 'l1')] });
  expect(armed(sorryInstead).tell(issues, free, opened).until(end).given).toEqual(['message parcel-late']);
});

test('an apology in the stead of money does not wait for money that is held', () => {
  const story = new Rehearsal(sorryInstead).tell(issues, late(), opened).until(at('2026-12-26T00:00:00Z'));
  expect(story.given).toEqual(['message parcel-late']);
});

test('a new policy that gives more does not pay a problem again that an old one paid', () => {
  const shipping = (share: number) =>
    policyOf(`
  - name: late-parcel
    issue: promise-missed
    mode: auto
    ladder: [{ name: shipping-back-${share * 100}, remedy: refund, of: [shipping], share: ${share} }]
`);
  const issue = late();
  const closed = next(issue, { state: 'closed' });
  const before = armed(shipping(0.5)).tell(issues, issue, opened).tell(issues, closed, at('2026-12-26T00:00:00Z'));
  const now = new Rehearsal(shipping(1));
  for (const [name, rows] of before.rows) now.rows.set(name, rows);
  arm(now, shipping(1), at('2026-12-27T00:00:00Z'), 2)
    .tell(issues, next(closed, { state: 'open' }), at('2026-12-28T00:00:00Z'))
    .until(end);
  expect(before.given).toEqual(['refund 300']);
  expect(now.given).toEqual([]);
  expect(now.decisions.at(-1)?.because.at(-1)).toMatchObject({ saw: 'refund number 1', needed: 'above number 1', passed: false });
});

test('an order that is cancelled after its shipping was given back still gets the word of it', () => {
  const policy = policyOf(`
  - name: late-parcel
    issue: promise-missed
    mode: auto
    ladder:
      - { name: shipping-back, remedy: refund, of: [shipping] }
      - { name: tell, after: P1D, remedy: notification, message: parcel-late-shipping-refunded, announces: shipping-back }
`);
  const story = armed(policy)
    .tell(issues, late(), opened)
    .tell(orderAdjustments, adjusted({ kind: 'cancellation', components: [] }), at('2026-12-25T13:00:00Z'))
    .until(end);
  expect(story.given).toEqual(['refund 600', 'message parcel-late-shipping-refunded']);
});
