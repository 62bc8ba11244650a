import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { kafkaSettings } from '../../src/cli/kafka-settings.ts';
import { ourStages } from '../../src/cli/our-topics.ts';
import { readConfiguration } from '../../src/config.ts';
import { controlRecord } from '../../src/lab/history/control-record.ts';
import { outsideTopics } from '../../src/lab/history/feed.ts';
import { readHistory } from '../../src/lab/history/read-history.ts';
import { KafkaLog } from '../../src/log/kafka/kafka-log.ts';
import { firstArmed } from '../../src/topics/controls.ts';
import { realClock } from '../../src/values/clock.ts';
import { after, secondMs } from '../../src/values/time.ts';
import { Chance } from '../../src/world/chance.ts';
import { Proxy } from '../broker/proxy.ts';
import { quietKafka } from '../broker/quiet-kafka.ts';
import type { Cluster } from '../broker/start-cluster.ts';
import { startCluster } from '../broker/start-cluster.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { Installation } from '../cli/service/installation.ts';
import type { Audit } from './audit/audit.ts';
import { audit } from './audit/audit.ts';
import { brokerFaults } from './faults/broker-faults.ts';
import { networkFaults } from './faults/network-faults.ts';
import { processFaults } from './faults/process-faults.ts';
import { upstreamFaults } from './faults/upstream-faults.ts';
import { Fleet } from './fleet.ts';
import type { History } from './history.ts';
import { makeHistory } from './history.ts';
import type { ChaosOptions } from './options.ts';
import { Publisher, receipts } from './publisher.ts';
import type { Scene } from './scene.ts';
import { runLane } from './scene.ts';
import { Tally } from './tally.ts';
import { Watch } from './watch.ts';

const partitions = 6;
const tasks = 3 * partitions;
/** A parcel makes about 15 records: 500 a second, of which two cores do several thousand where nothing is broken. */
const parcelsAMinute = 2_000;
const sliceEveryMs = 500;
const sessionMs = 4_000;
/** At the end: the longest session and transaction, a cold start, and what has piled up. */
const concludeWithinMs = 90_000;

/** The longest fault, and the brokers back in step. */
const healWithinMs = 120_000;

const within = async <T>(what: string, work: Promise<T>, ms: number): Promise<T> => {
  const over = new AbortController();
  const late = wait(ms, undefined, { signal: over.signal }).then(() => Promise.reject(new Error(`still not so after ${ms} ms: ${what}`)));
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => {});
  }
};

/** What a run has come to. */
export interface Chaos {
  readonly tally: Tally;
  readonly audit: Audit;
  readonly minutes: number;
}

/** Makes the history, lets it run under faults for so many minutes, waits until all of it is concluded, and reads what came of it. */
export const runChaos = async ({ minutes, seed, brokers }: ChaosOptions): Promise<Chaos> => {
  const history = await makeHistory(seed, Math.ceil(minutes * parcelsAMinute));
  let cluster: Cluster | undefined;
  try {
    cluster = await startCluster(brokers, { proxied: true });
    const proxy = await Proxy.at(cluster.proxied);
    try {
      return await runOn(cluster, proxy, history, { minutes, seed, brokers });
    } finally {
      await proxy.close();
    }
  } finally {
    await cluster?.stop();
    rmSync(history.folder, { recursive: true, force: true });
  }
};

const createTopics = async (cluster: Cluster, installation: Installation): Promise<void> => {
  const created = await installation.type(
    'topics', 'create', '--time', 'records', '--partitions', String(partitions), '--replication', String(cluster.nodes.length),
  ); // prettier-ignore
  if (created.code !== 0) throw new Error(`topics create: ${created.error}${created.out}`);
  const admin = quietKafka(cluster.brokers).admin();
  await admin.connect();
  const configEntries = [{ name: 'retention.ms', value: '-1' }, { name: 'message.timestamp.type', value: 'LogAppendTime' }]; // prettier-ignore
  await admin.createTopics({
    // Whoever is asked may not have heard of it yet.
    waitForLeaders: false,
    topics: [{ topic: installation.named(receipts), numPartitions: 1, replicationFactor: cluster.nodes.length, configEntries }],
  });
  await admin.disconnect();
};

const runOn = async (cluster: Cluster, proxy: Proxy, history: History, { minutes, seed }: ChaosOptions): Promise<Chaos> => {
  const installation = new Installation(cluster.brokers, {
    AMENDS_BROKERS: cluster.proxied.map(({ port }) => `127.0.0.1:${port}`).join(),
    AMENDS_SESSION_TIMEOUT: `PT${sessionMs / secondMs}S`,
    AMENDS_TRANSACTION_TIMEOUT: 'PT5S',
  });
  await createTopics(cluster, installation);
  const direct = { ...installation.environment, AMENDS_BROKERS: cluster.brokers.join() };
  const log = new KafkaLog(kafkaSettings(readConfiguration(direct), realClock));
  await waitUntil('the topic of receipts is there', async () => (await log.describe(receipts)).partitions === 1);
  const fleet = new Fleet(installation, ['--time', 'records', '--act', '--policy', history.policy]);
  const outside = outsideTopics(ourStages());
  const counts = await Promise.all(
    [...outside.keys()].map(async (name): Promise<[string, number]> => [name, (await log.describe(name)).partitions]),
  );
  const publisher = new Publisher(log, new Map(counts), outside);
  for (let count = 0; count < 3; count += 1) fleet.start();
  const tally = new Tally();
  const watch = new Watch(tally, () => fleet.awake, tasks);
  const over = new AbortController();
  const scene: Scene = {
    cluster,
    proxy,
    fleet,
    watch,
    publisher,
    tally,
    named: (name) => installation.named(name),
    sessionMs,
    over: over.signal,
  };
  try {
    const areUp = async (): Promise<boolean> =>
      (await Promise.all(fleet.members.map((member) => member.ready()))).every(({ ready }) => ready);
    await waitUntil('all are up', areUp, 90_000);
    tally.say(`${history.records} records in ${tasks} tasks, on ${cluster.nodes.length} brokers`);
    const ending = wait(minutes * 60 * secondMs).then(() => over.abort());
    const publishing = publishAll(scene, history, seed, minutes);
    const lanes = [
      runLane('processes', scene, new Chance(seed, 'processes'), processFaults, [1_000, 6_000]),
      runLane('brokers', scene, new Chance(seed, 'brokers'), brokerFaults, [2_000, 8_000]),
      runLane('network', scene, new Chance(seed, 'network'), networkFaults, [500, 5_000]),
      runLane('upstream', scene, new Chance(seed, 'upstream'), upstreamFaults, [2_000, 8_000]),
    ];
    await within('faults are healed', Promise.all([ending, ...lanes]), minutes * 60 * secondMs + healWithinMs);
    const lasted = tally.seconds / 60;
    const slices = await within('the history is published', publishing, healWithinMs);
    tally.say(
      `no more faults; ${slices} slices are published (${publisher.setbacks.length} setbacks: ${[...new Set(publisher.setbacks)].join(', ')})`,
    );
    await waitUntil('everything is concluded', () => watch.hasConcluded(history.until - 1_000), concludeWithinMs).catch(
      (error: unknown) => {
        tally.complain(`${error instanceof Error ? error.message : String(error)}; ${whoIsBehind(scene, history.until)}`);
      },
    );
    await sayWhy(scene);
    tally.say(`all is concluded; a task stood still for ${(watch.longest.ms / secondMs).toFixed(1)} s at most (${watch.longest.task})`);
    await endAll(scene);
    const prefix = installation.named('');
    const found = await audit({
      brokers: cluster.brokers,
      prefix,
      folder: history.folder,
      replayed: history.replayed,
      slices,
      receipts,
      tasks,
    });
    return { tally, audit: found, minutes: lasted };
  } finally {
    over.abort();
    await watch.close();
    await Promise.all(fleet.members.map((member) => member.end('SIGKILL')));
    await log.close();
  }
};

const publishAll = async ({ publisher, tally, over }: Scene, history: History, seed: number, minutes: number): Promise<number> => {
  const chance = new Chance(seed, 'publisher');
  const planned = Math.ceil((minutes * 60 * secondMs) / sliceEveryMs);
  const startedAt = performance.now();
  const armedAt = after(history.first, -1);
  // In the words of a replay: decisions quote them.
  const word = firstArmed({ by: 'replay', why: 'a replay acts', policyHash: history.policyHash, at: armedAt });
  await publisher.publish([controlRecord(word, armedAt)], armedAt, false);
  let slices = 1;
  const chunkRecords = Math.ceil(history.records / planned);
  for await (const slice of readHistory(history.file, {
    isInOrder: true,
    chunkRecords,
    wanted: ({ timestamp }) => timestamp < history.until,
  })) {
    const twice = !over.aborted && chance.happens(0.03);
    await publisher.publish(slice, slice.at(-1)?.timestamp ?? history.first, twice);
    if (twice) tally.fire('aborted copy', `${slice.length} records, written, taken back and written again`);
    slices += 1;
    const dueMs = startedAt + slices * sliceEveryMs - performance.now();
    if (dueMs > 0 && !over.aborted) await wait(dueMs, undefined, { signal: over }).catch(() => {});
  }
  await publisher.publish([], history.until, false);
  return slices + 1;
};

const whoIsBehind = ({ watch }: Scene, until: number): string => {
  const behind = [...watch.clocks()]
    .filter(([, clock]) => clock < until - 1_000)
    .map(([task, clock]) => `${task} ${new Date(clock).toISOString()}`);
  return `behind: ${behind.join(', ') || 'none'}`;
};

/** Where all has gone well every process is ready. */
const sayWhy = async ({ fleet, tally }: Scene): Promise<void> => {
  for (const member of fleet.awake) {
    const { ready, why } = await member.ready().catch((error: unknown) => ({ ready: false, why: [String(error)] }));
    if (!ready) tally.complain(`a process is not ready at the end: ${why.join('; ')}`);
    for (const line of member.told)
      if (/"ServiceStopped","why":"a mistake|GapFound|CommandDuplicated|"halted"|RecordLate/.test(line)) tally.complain(line.slice(0, 400));
  }
};

const endAll = async ({ fleet, tally }: Scene): Promise<void> => {
  const codes = await Promise.all(fleet.members.map((member) => member.end('SIGTERM')));
  if (codes.some((code) => code !== 0)) tally.complain(`processes ended with ${codes.join(', ')}`);
};
