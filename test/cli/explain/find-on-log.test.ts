import { beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../../src/audit/explain.ts';
import { findOnLog } from '../../../src/cli/explain/find-on-log.ts';
import type { LogRecord, Outgoing } from '../../../src/engine/log.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import type { EmbeddedLog } from '../../../src/log/memory/embedded-log.ts';
import { decisions } from '../../../src/topics/decisions.ts';
import { issues } from '../../../src/topics/issues.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { DrivenClock, realClock } from '../../../src/values/clock.ts';
import { partitionOf } from '../../../src/values/murmur2.ts';
import { partitionName } from '../../../src/values/record.ts';
import { instant } from '../../../src/values/time.ts';
import { arm, at, late, policyOf, Rehearsal } from '../../care/support.ts';

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
const partitions = 3;

/** What care really writes for one customer's late parcel. */
const written = (() => {
  const care = arm(new Rehearsal(policy, true), policy, at('2026-12-20T00:00:00Z'))
    .tell(issues, late(), opened)
    .until(at('2026-12-26T00:00:00Z'));
  return [{ topic: issues.name, value: late() as unknown }, ...care.emitted];
})();
const { customer, id: issue, order, subject } = late();
const refund = written.find(({ topic }) => topic === remedies.refund.name)?.value as { readonly id: string };

describe('what the brokers know by an id', () => {
  let log: EmbeddedLog;
  let broker: EmbeddedBroker;
  beforeAll(async () => {
    broker = new EmbeddedBroker({ clock: new DrivenClock(instant(0)) });
    for (const { name } of [issues, decisions, ...Object.values(remedies)]) broker.createTopic(name, { partitions });
    log = broker.connect({ name: 'explain' });
    const write = (topic: string, key: string, value: Buffer): Outgoing => ({
      topic,
      partition: partitionOf(Buffer.from(key), partitions),
      key: Buffer.from(key),
      value,
      timestamp: opened,
    });
    for (const { topic, value } of written) {
      await log.append([write(topic, customer, Buffer.from(JSON.stringify(value)))]);
      // Another customer in the same partition, and records that nobody can read.
      const another = JSON.stringify(value).replaceAll(`"customer":"${customer}"`, '"customer":"zed"').replaceAll(issue, 'i-other');
      await log.append([{ ...write(topic, customer, Buffer.from(another)), key: Buffer.from('zed') }]);
      await log.append([write(topic, customer, Buffer.from(`{"${customer}`))]);
    }
  });
  const find = (id: string, last = 1_000) => findOnLog(id, { log, clock: realClock, last, progress: () => {} });

  it.each([
    ['the customer', customer],
    ['the issue', issue],
    ['the order', order ?? ''],
    ['the shipment', subject],
    ['the command', refund.id],
  ])('is all that was found, decided and ordered for the customer, by %s', async (_, id) => {
    const { records, isCut } = await find(id);
    expect(records.length).toBe(written.length);
    expect(isCut).toBe(false);
    expect(explain(id, records).lines.join('\n')).toContain('refund $6.00');
  });

  it('names topic, partition and offset as they are at the brokers, and finds a decision by them', async () => {
    const { records } = await find(customer);
    const decision = records.find(({ topic }) => topic === decisions.name);
    const place = decision ? `${partitionName(decision)}@${decision.offset}` : '';
    const there = broker.records(decisions.name, decision?.partition).find(({ offset }: LogRecord) => offset === decision?.offset);
    expect(JSON.parse(there?.value?.toString() ?? '')).toEqual(decision?.value);
    const again = explain(place, (await find(place)).records);
    expect(again.kind).toBe('decision');
    expect(again.lines.join('\n')).toContain(`[${place}]`);
  });

  it('is nothing for an id that is only part of another, or that nobody knows', async () => {
    await expect(find(issue.slice(0, 8))).rejects.toMatchObject({ code: 'AMENDS_NOT_FOUND' });
    await expect(find('c-nobody')).rejects.toThrow(/among \d+ records[^]*-> check the id$/);
    await expect(find('remedy.decisions/0@99999')).rejects.toMatchObject({ code: 'AMENDS_NOT_FOUND' });
    await expect(find('remedy.decisions/77@0')).rejects.toMatchObject({ code: 'AMENDS_NOT_FOUND' });
  });

  it('is looked for no further back than it is told, and that is said', async () => {
    await expect(find(issue, 1)).rejects.toThrow(/the last 1 of each partition[^]*--last/);
  });
});
