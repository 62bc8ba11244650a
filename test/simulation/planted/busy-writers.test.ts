import { expect, it } from 'vitest';
import { after, secondMs } from '../../../src/values/time.ts';
import { Fleet } from '../../engine/support/fleet.ts';
import { pay, pings, seconds, start, switches, watch } from '../../engine/support/toy.ts';

it('clocks move while writers of transactions are so busy that one is open at every moment', async () => {
  const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 1, time: 'live', start });
  await fleet.produce(switches, [[{ name: 'main', on: true }]]);
  await fleet.startProcess('one');
  const open = [];
  for (let second = 0; second < 30; second += 1) {
    const { key, value } = pings.encode({ device: 'ann.busy' });
    const transaction = fleet.broker.openTransaction(`busy-${second}`);
    transaction.append([{ topic: pings.name, partition: 0, key, value, timestamp: fleet.clock.now() }]);
    open.push(transaction);
    if (open.length > 3) open.shift()?.commit();
    await fleet.pass(secondMs, 500);
  }
  const clocks = fleet.processes.flatMap(({ engine }) => engine.tasks().map(({ clock }) => clock));
  expect(clocks.every((clock) => clock > after(seconds(30), -15 * secondMs))).toBe(true);
});
