import type { Chance } from '../../../src/world/chance.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import type { ClusterNode } from '../../broker/start-cluster.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { coordinatorOf } from '../../broker/wire.ts';
import type { Fault, Scene } from '../scene.ts';
import { pause } from '../scene.ts';

/** As often the one that coordinates the group as any. */
const victimOf = async ({ cluster, named }: Scene, chance: Chance): Promise<{ readonly node: ClusterNode; readonly what: string }> => {
  const any = chance.pick(cluster.nodes);
  const wantsCoordinator = chance.happens(0.5);
  const coordinator = await coordinatorOf(any.address, 'group', named('amends')).catch(() => undefined);
  const node = (wantsCoordinator && cluster.nodes.find(({ address }) => address === coordinator)) || any;
  return { node, what: `broker ${node.id}${node.address === coordinator ? ', the coordinator of the group' : ''}` };
};

/** Until every replica is in step again: else the next fault would take the second of three, and all would wait. */
const untilWhole = async ({ cluster, tally }: Scene): Promise<void> => {
  const admin = quietKafka(cluster.brokers).admin();
  try {
    await admin.connect();
    await waitUntil(
      'all replicas are in step',
      async () => {
        const { topics } = await admin.fetchTopicMetadata();
        return topics.every(({ partitions }) => partitions.every(({ isr, replicas }) => isr.length === replicas.length));
      },
      40_000,
    );
  } catch (error) {
    tally.say(`  brokers: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await admin.disconnect();
  }
};

const stop: Fault = async (scene, chance) => {
  const { node, what } = await victimOf(scene, chance);
  if (node.pid === undefined) return;
  scene.tally.fire('broker stop', what);
  await node.stop();
  await pause(chance, 500, 4_000);
  await node.start();
  await untilWhole(scene);
};

const kill: Fault = async (scene, chance) => {
  const { node, what } = await victimOf(scene, chance);
  if (node.pid === undefined) return;
  scene.tally.fire('broker kill', what);
  await node.kill();
  await pause(chance, 500, 5_000);
  await node.start();
  await untilWhole(scene);
};

const freeze: Fault = async (scene, chance) => {
  const { node, what } = await victimOf(scene, chance);
  if (node.pid === undefined) return;
  scene.tally.fire('broker freeze', what);
  node.freeze();
  await pause(chance, 2_000, 9_000);
  node.thaw();
  await untilWhole(scene);
};

/** What happens to the brokers, one at a time. */
export const brokerFaults: readonly (readonly [Fault, number])[] = [
  [stop, 2],
  [kill, 3],
  [freeze, 3],
];
