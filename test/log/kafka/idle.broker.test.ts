import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { taskName } from '../../../src/engine/log.ts';
import { describeBroker } from '../../broker/describe-broker.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { onwards, position, records } from '../../conformance/harness.ts';
import { Corner } from './corner.ts';

const measuredMs = 3_000;

describeBroker('a process that has nothing to do', ({ brokers }) => {
  let corner: Corner;
  beforeAll(async () => {
    corner = await Corner.open(brokers);
  });
  afterAll(() => corner.close());

  it('takes next to nothing of a core, with a reader at the end, a writer and a membership', async () => {
    const topic = await corner.topic('quiet', { partitions: 8 });
    // kafkajs's own client keeps a timer running all the time.
    await corner.admin.disconnect();
    const log = corner.connect();
    const running: string[] = [];
    await log.join(corner.name('group'), [{ stage: 'care', partition: 0 }], {
      assigned: (tasks) => running.push(...tasks.map(taskName)),
      losing: () => Promise.resolve(),
    });
    const writer = await log.write(corner.name('quiet'), onwards);
    await writer.commit(Array.from({ length: 8 }, (_, partition) => records(topic, ['a'], partition)).flat());
    const reader = log.read();
    for (let partition = 0; partition < 8; partition += 1) reader.add(position(topic, 0, partition));
    const ends = new Map<number, number>();
    await waitUntil('all is read', async () => {
      for (const { partition, next } of await reader.poll({ bytes: 1_000_000, waitMs: 50 }, onwards)) ends.set(partition, next);
      return [...ends.values()].join() === Array.from({ length: 8 }, () => 2).join();
    });
    const stop = new AbortController();
    const polling = (async (): Promise<void> => {
      while (!stop.signal.aborted) await reader.poll({ bytes: 1_000, waitMs: 200 }, stop.signal);
    })();
    // A partition that something has just come from is asked for more often for a second.
    await wait(1_500);
    const before = process.threadCpuUsage();
    await wait(measuredMs);
    const { user, system } = process.threadCpuUsage(before);
    stop.abort();
    await polling;
    await corner.admin.connect();
    expect((user + system) / 1_000 / measuredMs).toBeLessThan(0.03);
    expect(running).toEqual(['care/0']);
  });
});
