import { describe, expect, it } from 'vitest';
import { deadLettersTopic } from '../../../src/engine/topics.ts';
import type { LogRecord } from '../../../src/engine/log.ts';
import { controls } from '../../../src/topics/controls.ts';
import { decisions } from '../../../src/topics/decisions.ts';
import { deliveryTracking } from '../../../src/topics/delivery-tracking.ts';
import { issues } from '../../../src/topics/issues.ts';
import { orderAdjustments } from '../../../src/topics/order-adjustments.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { firstArmed } from '../../../src/topics/controls.ts';
import { instant } from '../../../src/values/time.ts';
import { holidayWeek } from '../../../src/world/holiday-week.ts';
import { partitionFor } from '../../../src/world/world-record.ts';
import { Fleet } from '../../engine/support/fleet.ts';
import { decemberFleet, fairly, on, tellDecember } from '../../scenarios/support/december.ts';
import { given, ordered } from '../../scenarios/support/ordered.ts';
import { shipped, stagesOf } from '../../scenarios/support/policies.ts';
import type { Observed } from '../observed.ts';
import { compare } from './compare.ts';
import { concludedFrom } from './in-records.ts';
import { changed, observedOf, withInputs, withOutputs } from './support/observed-of.ts';

const end = on('2027-02-01');

const december = async (): Promise<{ readonly run: Observed; readonly fleet: Fleet }> => {
  const fleet = decemberFleet();
  await fleet.startProcess('one');
  await tellDecember(fleet);
  return { fleet, run: observedOf(fleet, { mode: 'records', policy: shipped, partitions: 2, until: end }) };
};

const moneyOf = (run: Observed): readonly string[] =>
  concludedFrom(run)
    .commands.filter(({ value: { kind } }) => kind === 'refund' || kind === 'replacement')
    .map(({ value }) => `${value.customer} gets: ${value.kind}${value.kind === 'refund' ? ` ${value.money.amountMinor}` : ''}`)
    .sort();

const first = (records: readonly LogRecord[]): readonly LogRecord[] => records.slice(0, 1);

describe('the oracle', () => {
  it('gives nine customers what was worked out for them by hand', async () => {
    const { run, fleet } = await december();
    expect(moneyOf(run)).toEqual(fairly);
    expect(given(fleet)).toEqual(fairly);
  });

  it('finds nothing wrong with a run that nothing happened to', async () => {
    const { run } = await december();
    expect(compare(run)).toEqual([]);
  });

  it('finds nothing wrong with it by the checks of live time either', async () => {
    const { run } = await december();
    expect(compare({ ...run, weakened: { missingAllowed: true, subjects: new Set(), unread: new Set(), why: ['tried'] } })).toEqual([]);
  });

  it('agrees with the pipeline on a world of parcels and films, bad records among them', { timeout: 60_000 }, async () => {
    const world = holidayWeek({ seed: 5, parcels: 330, films: 60 });
    const partitions = 3;
    const fleet = new Fleet({ stages: stagesOf(shipped), partitions, time: 'records', start: world.start });
    await fleet.produce(controls, [
      [firstArmed({ by: 'ops', why: 'go', policyHash: shipped.hash, at: world.start }), instant(world.start - 1)],
    ]);
    await fleet.produceRaw(world.records.map((record) => ({ ...record, partition: partitionFor(record, partitions) })));
    await fleet.ticks(world.end);
    await fleet.startProcess('one');
    await fleet.settle();
    const run = observedOf(fleet, { mode: 'records', policy: shipped, partitions, until: world.end });
    expect(ordered(fleet).length).toBeGreaterThan(10);
    expect(run.outputs.get(deadLettersTopic)?.length).toBeGreaterThan(0);
    expect(compare(run)).toEqual([]);
  });

  it.each([
    ['command missing', remedies.refund.name, (all: readonly LogRecord[]) => all.slice(1)],
    ['command twice', remedies.refund.name, (all: readonly LogRecord[]) => [...all, ...first(all)]],
    [
      'cap exceeded',
      remedies.refund.name,
      (all: readonly LogRecord[]) => [...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all, ...all],
    ],
    [
      'decision differs',
      remedies.replacement.name,
      (all: readonly LogRecord[]) => all.map((one) => changed(one, (value) => ({ ...value, giftWrap: true }))),
    ],
    ['issue missing', issues.name, (all: readonly LogRecord[]) => all.slice(1)],
    [
      'issue differs',
      issues.name,
      (all: readonly LogRecord[]) => all.map((one) => changed(one, (value) => ({ ...value, components: [] }))),
    ],
    [
      'id not derived',
      issues.name,
      (all: readonly LogRecord[]) => first(all).map((one) => changed(one, (value) => ({ ...value, id: 'i-2' }))),
    ],
    ['decision missing', decisions.name, (all: readonly LogRecord[]) => all.filter((one) => !String(one.value).includes('"refund"'))],
    [
      'evidence missing',
      decisions.name,
      (all: readonly LogRecord[]) =>
        all.map((one) => changed(one, (value) => ({ ...value, evidence: [{ topic: 'delivery.tracking', partition: 0, offset: 9_999 }] }))),
    ],
    [
      'letter false',
      deadLettersTopic,
      () => [
        {
          topic: deadLettersTopic,
          partition: 0,
          offset: 0,
          timestamp: end,
          key: null,
          value: null,
          headers: () => new Map([['__streams.errors.exception', Buffer.from('x')]]),
        },
      ],
    ],
  ] as const)('says "%s"', async (problem, topic, change) => {
    const { run } = await december();
    expect(compare(withOutputs(run, topic, change))).toContainEqual(expect.stringMatching(new RegExp(`^${problem}`)));
  });

  it('says that a letter is missing of a record that can not be read', async () => {
    const { run } = await december();
    const spoilt = withInputs(run, deliveryTracking.name, (all) =>
      all.map((one, index) => (index === 0 ? { ...one, value: Buffer.from('{') } : one)),
    );
    expect(compare(spoilt)).toContainEqual(expect.stringMatching(/^letter missing: delivery.tracking/));
  });

  it('never excuses an absence that the log disproves, even where commands may be missing', async () => {
    const { run } = await december();
    const late = run.inputs.get(deliveryTracking.name)?.findLast((one) => String(one.key).includes('never'));
    if (!late) throw new Error('"never" was handed over');
    const there = changed({ ...late, offset: late.offset + 1_000, timestamp: on('2026-12-09') }, (value) => ({
      ...value,
      status: 'delivered',
      observedAt: '2026-12-09T08:00:00Z',
    }));
    const disproved = withInputs(run, deliveryTracking.name, (all) => [...all, there].toSorted((a, b) => a.timestamp - b.timestamp));
    const problems = compare({ ...disproved, weakened: { missingAllowed: true, subjects: new Set(), unread: new Set(), why: ['tried'] } });
    expect(problems).toContainEqual(expect.stringMatching(/^issue false, an absence that the log disproves: promise-missed/));
    expect(problems).toContainEqual(expect.stringMatching(/^command false, an absence that the log disproves/));
  });

  it('says that care paid although an associate had given it back before', async () => {
    const { run } = await december();
    const before = run.inputs.get(orderAdjustments.name)?.find((one) => one.value !== null);
    if (!before) throw new Error('an associate helped');
    const late = { ...before, key: Buffer.from('late'), partition: 0, offset: 9_000 };
    const partition = [0, 1].find((each) => {
      const moved = { ...late, partition: each };
      return !compare(withInputs(run, orderAdjustments.name, (all) => [...all, withCustomer(moved, 'late')])).some((one) =>
        one.startsWith('letter missing'),
      );
    });
    const known = withInputs(run, orderAdjustments.name, (all) => [...all, withCustomer({ ...late, partition: partition ?? 0 }, 'late')]);
    const problems = compare({ ...known, weakened: { missingAllowed: true, subjects: new Set(), unread: new Set(), why: ['tried'] } });
    expect(problems).toContainEqual(expect.stringMatching(/^command false: the decision "ordered" on promise-missed of dhl:late:s1/));
  });
});

const withCustomer = (record: LogRecord, customer: string): LogRecord =>
  changed(record, (value) => ({ ...value, adjustment: `for-${customer}`, customer, order: `order-${customer}` }));
