import type { Control } from '../../../src/topics/controls.ts';
import { controlKey, controls } from '../../../src/topics/controls.ts';
import type { Outgoing } from '../../../src/values/record.ts';
import { instant } from '../../../src/values/time.ts';
import type { Chance } from '../../../src/world/chance.ts';
import { RawTransaction } from '../../log/kafka/raw-transaction.ts';
import type { Fault, Scene } from '../scene.ts';
import { pause } from '../scene.ts';

/**
 * What must never be seen: that parcels under way have arrived, bytes that are no JSON, and a stop of all money. With the times of
 * the history, in the partitions where its next records come.
 */
const falsehoods = ({ publisher, named }: Scene, chance: Chance): readonly Outgoing[] => {
  const scans = publisher.last.filter(({ topic, value }) => topic === 'delivery.tracking' && value !== null);
  const some = scans.filter(() => chance.happens(0.2)).slice(0, 20);
  const at = publisher.last.at(-1)?.timestamp ?? instant(0);
  const delivered = some.map(({ topic, value, ...rest }): Outgoing => {
    const text = (value?.toString() ?? '').replace(/"status":"[^"]*"/, '"status":"delivered"');
    return { ...rest, topic: named(topic), value: Buffer.from(text) };
  });
  const noJson = some
    .slice(0, 3)
    .map(({ value: _, topic, ...rest }): Outgoing => ({ ...rest, topic: named(topic), value: Buffer.from('{') }));
  const stop: Control = { scope: 'fleet', state: 'stopped', by: 'nobody', why: 'it is taken back', at: new Date(at).toISOString(), latch: 1_000_000 }; // prettier-ignore
  const stopped: Outgoing = {
    topic: named(controls.name),
    partition: 0,
    key: Buffer.from(controlKey(stop)),
    value: Buffer.from(JSON.stringify(stop)),
    timestamp: at,
  };
  return [...delivered, ...noJson, stopped];
};

const open = ({ cluster, named }: Scene, id: string, timeoutMs?: number): Promise<RawTransaction> =>
  RawTransaction.open(cluster.brokers, named(id), timeoutMs);

/** Two that are open at once on the same partitions, the history's own between them, ended in the other order. */
const overlapping: Fault = async (scene, chance) => {
  const opened: RawTransaction[] = [];
  try {
    const [first, second] = [await open(scene, 'chaos-liar-1'), await open(scene, 'chaos-liar-2')];
    opened.push(first, second);
    await first.append(falsehoods(scene, chance));
    await second.append(falsehoods(scene, chance));
    await pause(chance, 100, 800);
    await first.append(falsehoods(scene, chance));
    await second.end(false);
    await pause(chance, 100, 800);
    await first.end(false);
    scene.tally.fire('aborted overlap', 'two transactions of falsehoods');
  } catch (error) {
    scene.tally.say(`  upstream: ${error instanceof Error ? error.message : String(error)}`);
    // Who takes the id over aborts what it left.
    for (const id of ['chaos-liar-1', 'chaos-liar-2']) await open(scene, id).then((again) => again.close(), () => {}); // prettier-ignore
  } finally {
    for (const each of opened) each.close();
  }
};

/** One that nobody ends: readers wait until the brokers abort it. */
const abandoned: Fault = async (scene, chance) => {
  const timeoutMs = chance.int(1_000, 4_000);
  try {
    const left = await open(scene, 'chaos-deserter', timeoutMs);
    await left.append(falsehoods(scene, chance));
    left.close();
    scene.tally.fire('abandoned transaction', `for ${timeoutMs} ms`);
  } catch (error) {
    scene.tally.say(`  upstream: ${error instanceof Error ? error.message : String(error)}`);
  }
  await pause(chance, timeoutMs, timeoutMs + 1_000);
};

/** What other producers do on the topics that the service reads. */
export const upstreamFaults: readonly (readonly [Fault, number])[] = [
  [overlapping, 3],
  [abandoned, 1],
];
