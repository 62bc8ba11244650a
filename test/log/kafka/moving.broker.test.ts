import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { TaskId } from '../../../src/engine/log.ts';
import { taskName } from '../../../src/engine/log.ts';
import type { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { describeJava } from '../../broker/describe-broker.ts';
import type { Cluster, ClusterNode } from '../../broker/start-cluster.ts';
import { startCluster } from '../../broker/start-cluster.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { coordinatorOf } from '../../broker/wire.ts';
import { endsOf, onwards, position, readTexts, record, records, textOf } from '../../conformance/harness.ts';
import { atLast, commitOnce, Corner } from './corner.ts';

const requestTimeoutMs = 1_500;
const tasks: readonly TaskId[] = [0, 1].map((partition) => ({ stage: 'care', partition }));

await describeJava('when the broker that everything depends on goes', () => {
  let cluster: Cluster;
  let corner: Corner;
  beforeAll(async () => {
    cluster = await startCluster(3, {
      properties: { 'leader.imbalance.check.interval.seconds': 1, 'leader.imbalance.per.broker.percentage': 0 },
    });
    corner = await Corner.open(cluster.brokers, { replicas: 3 });
  });
  afterAll(async () => {
    await corner?.close();
    await cluster?.stop();
  });

  const others = (victim: ClusterNode): readonly string[] => cluster.nodes.filter((node) => node !== victim).map(({ address }) => address);

  /** Whoever is asked may not have heard of the topic yet. */
  const leaderOf = (topic: string): Promise<ClusterNode> =>
    atLast(`somebody leads ${topic}`, async () => {
      const { topics } = await corner.admin.fetchTopicMetadata({ topics: [topic] });
      const node = cluster.nodes.find(({ id }) => id === topics[0]?.partitions[0]?.leader);
      if (!node) throw new Error('nobody leads');
      return node;
    });

  /** A name whose coordinator is `node`, soon after a restart too: leaders go back to where they were. */
  const coordinatedBy = async (node: ClusterNode, of: 'group' | 'transaction'): Promise<string> => {
    let name = '';
    await waitUntil(`${node.address} coordinates a ${of}`, async () => {
      name = corner.name(of);
      return (await coordinatorOf(node.address, of, name)) === node.address;
    });
    return name;
  };

  /** Everything is back where it can be lost again. */
  const untilWhole = async (topic: string): Promise<void> => {
    await waitUntil('all replicas are in step', async () => {
      const { topics } = await corner.admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.every(({ isr }) => isr.length === 3) === true;
    });
  };

  it('for good: who knew it as coordinator looks for another, also when the brokers no longer name it', async () => {
    const topic = await corner.topic('parcels');
    const victim = await leaderOf(topic);
    const id = await coordinatedBy(victim, 'transaction');
    const log: KafkaLog = corner.connect({ requestTimeoutMs, brokers: others(victim) });
    const writer = await log.write(id, onwards);
    expect((await writer.commit(records(topic, ['before']))).outcome).toBe('committed');
    await victim.stop();
    try {
      const survivors = await Corner.open(others(victim), { replicas: 3 });
      await waitUntil('it is not named any more', async () => (await survivors.admin.describeCluster()).brokers.length === 2);
      await survivors.close();
      // Whoever asks for metadata now forgets where it was.
      await atLast('it is described', () => log.describe(topic));
      expect(await commitOnce(log, id, records(topic, ['after']), () => Promise.resolve(false))).toEqual(['committed']);
      await waitUntil('both are read', async () => (await readTexts(log, topic)).join() === 'before,after');
    } finally {
      await victim.start();
    }
  });

  for (const how of ['stop', 'kill', 'freeze'] as const)
    it(`by a ${how}: reading, appending, committing and belonging go on, and nothing is lost or double`, async () => {
      const topic = await corner.topic('parcels');
      const victim = await leaderOf(topic);
      const [id, group] = [await coordinatedBy(victim, 'transaction'), await coordinatedBy(victim, 'group')];
      const log = corner.connect({ requestTimeoutMs });
      const losses: string[] = [];
      const membership = await log.join(group, tasks, {
        assigned: () => {},
        losing: (moved) => {
          losses.push(...moved.map(taskName));
          return Promise.resolve();
        },
      });
      const seen: string[] = [];
      const reader = log.read();
      reader.add(position(topic, 0));
      const stop = new AbortController();
      onTestFinished(() => stop.abort());
      const poll = async (): Promise<void> => {
        for (const { gap, records: some } of await reader.poll({ bytes: 1_000_000, waitMs: 100 }, stop.signal))
          seen.push(...(gap ? [gap] : []), ...some.map(textOf));
      };
      const reading = (async (): Promise<void> => {
        // Who reads is told when a broker has been gone for long, and goes on.
        while (!stop.signal.aborted) await poll().catch(() => undefined);
      })();
      const isThere = (text: string) => async (): Promise<boolean> => (await readTexts(log, topic)).includes(text);
      const commit = (text: string): Promise<unknown> => commitOnce(log, id, records(topic, [text]), isThere(text));
      await commit('before 1');
      await commit('before 2');

      await victim[how]();
      try {
        await commit('while it is gone 1');
        await commit('while it is gone 2');
        const ends = await atLast('ends', () => endsOf(log, topic));
        // Four records and their markers, the last of which may still be on its way.
        expect(ends.high).toBeGreaterThanOrEqual(7);
        await atLast('it is appended', () => log.append([record(topic, 'appended')]));
        const ours = await atLast('it is confirmed', () => membership.confirm());
        expect(ours.map(taskName).toSorted()).toEqual(['care/0', 'care/1']);
        expect(losses).toEqual([]);
      } finally {
        if (how === 'freeze') victim.thaw();
        else await victim.start();
      }
      await untilWhole(topic);
      await commit('after 1');
      await waitUntil('all is read', () => seen.includes('after 1'));
      stop.abort();
      await reading;
      expect(seen.filter((text) => text !== 'appended')).toEqual([
        'before 1',
        'before 2',
        'while it is gone 1',
        'while it is gone 2',
        'after 1',
      ]);
      // At least once: an append that got no answer may have been written.
      expect(seen).toContain('appended');
      expect(await readTexts(log, topic)).toEqual(seen);
      await log.close();
    });
});
