import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { FaultPoint, Outgoing } from '../../../src/engine/log.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import { DrivenClock } from '../../../src/values/clock.ts';
import { instant } from '../../../src/values/time.ts';

const onwards = new AbortController().signal;

const record = (topic: string, value: string, partition = 0): Outgoing => ({
  topic,
  partition,
  key: Buffer.from('k'),
  value: Buffer.from(value),
  timestamp: instant(5),
});

const make = (): { readonly clock: DrivenClock; readonly broker: EmbeddedBroker } => {
  const clock = new DrivenClock(instant(1_000));
  return { clock, broker: new EmbeddedBroker({ clock }) };
};

const texts = (broker: EmbeddedBroker, topic: string, partition?: number): readonly string[] =>
  broker.records(topic, partition).map(({ value }) => value?.toString() ?? '');

describe('an embedded broker', () => {
  it('lists its topics, and shows their committed records by partition', async () => {
    const { broker } = make();
    broker.createTopic('parcels', { partitions: 2 });
    broker.createTopic('films', { partitions: 1 });
    await broker.connect({ name: 'a' }).append([record('parcels', 'a', 1), record('parcels', 'b'), record('parcels', 'c', 1)]);
    broker.openTransaction().append([record('parcels', 'open')]);
    expect(broker.topics()).toEqual(['parcels', 'films']);
    expect([broker.has('parcels'), broker.has('missing')]).toEqual([true, false]);
    expect(texts(broker, 'parcels')).toEqual(['b', 'a', 'c']);
    expect(texts(broker, 'parcels', 1)).toEqual(['a', 'c']);
    broker.deleteTopic('films');
    expect(broker.topics()).toEqual(['parcels']);
  });

  it('refuses what no broker takes: a second topic of a name, a bad name, fewer partitions', () => {
    const { broker } = make();
    broker.createTopic('parcels', { partitions: 2 });
    expect(() => broker.createTopic('parcels', { partitions: 2 })).toThrow(/parcels/);
    expect(() => broker.createTopic('a/b', { partitions: 1 })).toThrow(/a\/b/);
    expect(() => broker.createTopic('none', { partitions: 0 })).toThrow(/at least one/);
    expect(() => broker.addPartitions('parcels', 1)).toThrow(/never loses/);
    expect(() => broker.records('missing')).toThrow(/AMENDS_TOPIC_MISSING/);
  });

  it('holds a transaction open by hand until it is ended, or its time has run out', async () => {
    const { broker, clock } = make();
    broker.createTopic('parcels', { partitions: 1 });
    const [kept, dropped, forgotten] = [broker.openTransaction(), broker.openTransaction(), broker.openTransaction()];
    kept.append([record('parcels', 'kept')]);
    dropped.append([record('parcels', 'dropped')]);
    kept.commit();
    dropped.abort();
    forgotten.append([record('parcels', 'forgotten')]);
    await broker.connect({ name: 'a' }).append([record('parcels', 'after')]);
    expect(texts(broker, 'parcels')).toEqual(['kept']);
    await clock.advanceBy(9_999);
    expect(texts(broker, 'parcels')).toEqual(['kept']);
    await clock.advanceBy(1);
    expect(texts(broker, 'parcels')).toEqual(['kept', 'after']);
    expect(() => forgotten.commit()).toThrow(/another owner/);
  });

  it('tells what a group last committed for lag tools', async () => {
    const { broker } = make();
    const member = await broker
      .connect({ name: 'a' })
      .join('g', [{ stage: 's', partition: 0 }], { assigned: () => {}, losing: () => Promise.resolve() });
    await member.commitOffsets([{ topic: 'parcels', partition: 0, offset: 3 }]);
    await member.commitOffsets([{ topic: 'parcels', partition: 0, offset: 5 }]);
    expect(broker.committedOffsets('g')).toEqual([{ topic: 'parcels', partition: 0, offset: 5 }]);
  });

  it('asks the fault hook at each point of a commit, in order, a produce for each partition', async () => {
    const { broker } = make();
    broker.createTopic('parcels', { partitions: 2 });
    const asked: (readonly [FaultPoint, string])[] = [];
    const log = broker.connect({
      name: 'a',
      faults: (point, owner) => {
        asked.push([point, owner]);
        return Promise.resolve('none');
      },
    });
    const writer = await log.write('t', onwards);
    await writer.commit([record('parcels', 'a'), record('parcels', 'b', 1)]);
    expect(asked.map(([point]) => point)).toEqual([
      'initialise',
      'addPartitions',
      'after-addPartitions',
      'produce',
      'after-produce',
      'produce',
      'after-produce',
      'end',
      'after-end',
    ]);
    expect(new Set(asked.map(([, owner]) => owner))).toEqual(new Set(['t']));
  });

  it('reads on in other partitions while a topic is missing, and in that one once it is there', async () => {
    const { broker } = make();
    broker.createTopic('films', { partitions: 1 });
    const log = broker.connect({ name: 'a' });
    const reader = log.read();
    for (const topic of ['parcels', 'films']) reader.add({ topic, partition: 0, offset: 0 });
    await log.append([record('films', 'a')]);
    const poll = (): ReturnType<typeof reader.poll> => reader.poll({ bytes: 1_000, waitMs: 0 }, onwards);
    expect((await poll()).map(({ topic, gap }) => [topic, gap])).toEqual([['films', undefined]]);
    broker.createTopic('parcels', { partitions: 1 });
    await log.append([record('parcels', 'b')]);
    expect((await poll()).map(({ topic, gap }) => [topic, gap])).toEqual([['parcels', undefined]]);
  });

  it('says that a position beyond the end was given by another log', async () => {
    const { broker } = make();
    broker.createTopic('films', { partitions: 1 });
    const log = broker.connect({ name: 'a' });
    await log.append([record('films', 'a')]);
    const reader = log.read();
    reader.add({ topic: 'films', partition: 0, offset: 9 });
    expect(await reader.poll({ bytes: 1_000, waitMs: 0 }, onwards)).toMatchObject([{ gap: 'recreated', next: 1 }]);
  });

  it('refuses every request on a handle that was closed', async () => {
    const { broker } = make();
    broker.createTopic('films', { partitions: 1 });
    const log = broker.connect({ name: 'a' });
    const writer = await log.write('t', onwards);
    await log.close();
    await log.close();
    await writer.close();
    await expect(log.append([record('films', 'a')])).rejects.toThrow(/closed/);
    await expect(writer.commit([record('films', 'a')])).rejects.toThrow(/closed/);
    expect(await log.read().poll({ bytes: 1, waitMs: 200 }, onwards)).toEqual([]);
  });

  it('gives up the session of a process that is killed, and lets another take its tasks', async () => {
    const { broker, clock } = make();
    const tasks = [0, 1].map((partition) => ({ stage: 's', partition }));
    const losing = (): Promise<void> => Promise.resolve();
    const killed = broker.connect({ name: 'killed' });
    await killed.join('g', tasks, { assigned: () => {}, losing });
    const given: number[] = [];
    await broker
      .connect({ name: 'heir' })
      .join('g', tasks, { assigned: (fresh) => given.push(...fresh.map(({ partition }) => partition)), losing });
    await clock.advanceBy(10);
    expect(given).toHaveLength(1);
    killed.crash();
    await clock.advanceBy(8_000);
    expect(given.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it('lets a process end though it is still a member', async () => {
    const src = new URL('../../../src/', import.meta.url);
    const program = `
      import { EmbeddedBroker } from '${new URL('log/memory/embedded-broker.ts', src).href}';
      import { realClock } from '${new URL('values/clock.ts', src).href}';
      const broker = new EmbeddedBroker({ clock: realClock, sessionTimeoutMs: 60 });
      const log = broker.connect({ name: 'a' });
      const member = await log.join('g', [{ stage: 's', partition: 0 }], { assigned: () => {}, losing: async () => {} });
      await realClock.wait(200);
      console.log(JSON.stringify(await member.confirm()));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 10_000 });
    expect(JSON.parse(stdout)).toEqual([{ stage: 's', partition: 0 }]);
  });
});
