import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Admin } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeJava } from './describe-broker.ts';
import { quietKafka } from './quiet-kafka.ts';
import type { Cluster, ClusterNode } from './start-cluster.ts';
import { startCluster } from './start-cluster.ts';
import { waitUntil } from './wait-until.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const leaderOf = async (admin: Admin, topic: string): Promise<number | undefined> =>
  (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions[0]?.leader;

const nodeOf = (cluster: Cluster, id: number | undefined): ClusterNode => {
  const node = cluster.nodes.find((each) => each.id === id);
  if (!node) throw new Error(`no node ${id}`);
  return node;
};

await describeJava('several brokers', () => {
  let cluster: Cluster;
  const topic = 'moving';

  beforeAll(async () => {
    cluster = await startCluster(2);
    const admin = quietKafka(cluster.brokers).admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, replicationFactor: 2 }] });
    await admin.disconnect();
  });

  afterAll(() => cluster.stop());

  for (const how of ['stop', 'kill', 'freeze'] as const)
    it(`have another leader after a ${how}, and all of them again afterwards`, async () => {
      const admin = quietKafka(cluster.brokers).admin();
      await admin.connect();
      const leader = nodeOf(cluster, await leaderOf(admin, topic));
      await admin.disconnect();
      await leader[how]();
      const other = cluster.nodes.find((node) => node !== leader);
      const survivor = quietKafka([other?.address ?? ''], { requestTimeout: 2_000 }).admin();
      await survivor.connect();
      await waitUntil('another leads', async () => (await leaderOf(survivor, topic)) === other?.id);
      if (how === 'freeze') leader.thaw();
      else await leader.start();
      await waitUntil('all are there', async () => (await survivor.describeCluster()).brokers.length === 2);
      const inSync = async (): Promise<number | undefined> =>
        (await survivor.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions[0]?.isr.length;
      // One that comes back may answer for a while as things were when it went: so not once, but again and again.
      let inSyncTimes = 0;
      await waitUntil('all are in sync', async () => {
        inSyncTimes = (await inSync()) === 2 ? inSyncTimes + 1 : 0;
        return inSyncTimes === 20;
      });
      expect(inSyncTimes).toBe(20);
      await survivor.disconnect();
    });

  it('let in who proves who he is, and nobody else', async () => {
    const { brokers, username, password } = cluster.sasl;
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
      const sasl = { mechanism, username } as const;
      const known = quietKafka(brokers, { sasl: { ...sasl, password } as never }).admin();
      await known.connect();
      expect((await known.describeCluster()).brokers).toHaveLength(2);
      await known.disconnect();
      const stranger = quietKafka(brokers, { sasl: { ...sasl, password: 'wrong' } as never, retry: { retries: 0 } }).admin();
      await expect(stranger.connect()).rejects.toThrow(/auth/i);
    }
  });

  it('leave no process and no file when who started them is killed', async () => {
    const starter = spawn(process.execPath, [fileURLToPath(new URL('support/start-and-stay.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: starter.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const { pid, folder } = JSON.parse(line) as { readonly pid: number; readonly folder: string };
    expect([isAlive(pid), existsSync(folder)]).toEqual([true, true]);
    starter.kill('SIGKILL');
    await waitUntil('the broker is gone', () => !isAlive(pid) && !existsSync(folder));
  });

  it('leave no process and no file when they are stopped', async () => {
    const pids = cluster.nodes.map(({ pid }) => pid ?? 0);
    expect([pids.every(isAlive), existsSync(cluster.folder)]).toEqual([true, true]);
    await cluster.stop();
    expect([pids.some(isAlive), existsSync(cluster.folder)]).toEqual([false, false]);
  });
});
