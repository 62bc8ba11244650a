import { setTimeout as wait } from 'node:timers/promises';
import type { Mishap } from '../../broker/proxy.ts';
import { apiKeys } from '../../broker/wire.ts';
import type { Chance } from '../../../src/world/chance.ts';
import type { Fault } from '../scene.ts';
import { pause } from '../scene.ts';

const requests = [
  'produce',
  'fetch',
  'listOffsets',
  'metadata',
  'findCoordinator',
  'joinGroup',
  'heartbeat',
  'syncGroup',
  'initProducerId',
  'addPartitionsToTxn',
  'endTxn',
] as const satisfies readonly (keyof typeof apiKeys)[];

const planted =
  (kind: string, mishapOf: (chance: Chance) => Mishap, most: number): Fault =>
  async ({ proxy, tally }, chance) => {
    const request = chance.pick(requests);
    const times = chance.int(1, most);
    const rule = proxy.plant({ mishap: mishapOf(chance), apiKey: apiKeys[request], skip: chance.int(0, 5), times });
    await Promise.race([rule.first, wait(4_000)]);
    await wait(500);
    rule.remove();
    // A request that nobody made has met nothing.
    if (rule.met > 0) tally.fire(kind, `${request}, ${rule.met} times`);
  };

/** Every connection at once. */
const cutAll: Fault = async ({ proxy, tally }) => {
  if (proxy.connections === 0) return;
  tally.fire('cut of all', `${proxy.connections} connections`);
  proxy.cutAll();
};

/** One broker can't be reached by any process, though the brokers reach each other. */
const apart: Fault = async ({ proxy, tally }, chance) => {
  const broker = chance.pick(proxy.brokers);
  tally.fire('partition', 'a broker that no process reaches');
  proxy.refuse(true, broker);
  await pause(chance, 500, 5_000);
  proxy.refuse(false, broker);
};

/** Nothing gets through, and nothing is lost. */
const hold: Fault = async ({ proxy, tally }, chance) => {
  tally.fire('network stall', `${proxy.connections} connections`);
  proxy.pause();
  await pause(chance, 500, 3_000);
  proxy.resume();
};

/** What happens between processes and brokers. */
export const networkFaults: readonly (readonly [Fault, number])[] = [
  [planted('cut request', () => ({ kind: 'cut-request' }), 3), 3],
  [planted('cut answer', (chance) => ({ kind: 'cut-answer', afterBytes: chance.int(0, 40) }), 3), 4],
  [planted('lost request', () => ({ kind: 'swallow' }), 1), 1],
  [planted('lost answer', () => ({ kind: 'drop-answer' }), 1), 2],
  [planted('slow answer', (chance) => ({ kind: 'delay-answer', byMs: chance.int(500, 4_000) }), 3), 3],
  [cutAll, 2],
  [apart, 2],
  [hold, 1],
];
