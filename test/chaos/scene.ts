import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster } from '../broker/start-cluster.ts';
import type { Proxy } from '../broker/proxy.ts';
import type { Chance } from '../../src/world/chance.ts';
import type { Fleet } from './fleet.ts';
import type { Publisher } from './publisher.ts';
import type { Tally } from './tally.ts';
import type { Watch } from './watch.ts';

/** All that faults may lay hands on. */
export interface Scene {
  readonly cluster: Cluster;
  readonly proxy: Proxy;
  readonly fleet: Fleet;
  readonly watch: Watch;
  readonly publisher: Publisher;
  readonly tally: Tally;
  /** What a topic, a group or a transactional id is called at the brokers. */
  readonly named: (name: string) => string;
  readonly sessionMs: number;
  /** Faults begin no more; those under way are healed. */
  readonly over: AbortSignal;
}

/** One kind of fault: resolves once it is healed. */
export type Fault = (scene: Scene, chance: Chance) => Promise<void>;

/** Between two times, chosen; not cut short: what is broken has to be mended in order. */
export const pause = async (chance: Chance, fromMs: number, toMs: number): Promise<void> => {
  await wait(chance.between(fromMs, toMs));
};

/** Faults of one lane, one after another until it is over: which, in which order, the seed alone decides. Lanes overlap. */
export const runLane = async (
  name: string,
  scene: Scene,
  chance: Chance,
  faults: readonly (readonly [Fault, number])[],
  restMs: readonly [number, number],
): Promise<void> => {
  while (!scene.over.aborted) {
    await pause(chance, ...restMs);
    if (scene.over.aborted) break;
    scene.tally.underWay.add(name);
    try {
      await chance.weighted(faults)(scene, chance);
    } finally {
      scene.tally.underWay.delete(name);
    }
  }
  scene.tally.say(`  ${name}: no more faults`);
};
