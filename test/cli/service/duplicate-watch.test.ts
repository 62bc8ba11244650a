import { beforeEach, describe, expect, it } from 'vitest';
import { DuplicateWatch } from '../../../src/cli/service/duplicate-watch.ts';
import type { TaskReport } from '../../../src/engine/engine.ts';
import type { Happening } from '../../../src/happenings/happening.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import type { EmbeddedLog } from '../../../src/log/memory/embedded-log.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { DrivenClock } from '../../../src/values/clock.ts';
import { partitionOf } from '../../../src/values/murmur2.ts';
import { instant } from '../../../src/values/time.ts';
import { retraction } from '../commands.ts';

const now = instant(Date.UTC(2026, 10, 22));
const topic = remedies.retraction;
const partitions = 2;

describe('the watch for duplicate commands', () => {
  let broker: EmbeddedBroker;
  let log: EmbeddedLog;
  let told: Happening[] = [];
  let tasks: TaskReport[] = [];
  let watch: DuplicateWatch;
  const { signal } = new AbortController();
  const taskOf = (stage: string, partition: number): TaskReport => ({ stage, partition, state: 'running', clock: now, rows: 0, why: '' });
  const order = async (id: string, customer: string): Promise<void> => {
    const { key, value } = topic.encode(retraction(id, customer));
    await log.append([{ topic: topic.name, partition: partitionOf(key ?? Buffer.alloc(0), partitions), key, value, timestamp: now }]);
  };
  const watching = (): DuplicateWatch =>
    new DuplicateWatch({
      log,
      application: 'test',
      clock: new DrivenClock(now),
      telemetry: (happening) => told.push(happening),
      tasks: () => tasks,
    });
  beforeEach(() => {
    broker = new EmbeddedBroker({ clock: new DrivenClock(now) });
    for (const { name } of Object.values(remedies)) broker.createTopic(name, { partitions });
    broker.createTopic('test-care-changelog', { partitions });
    log = broker.connect({ name: 'watch' });
    told = [];
    tasks = [taskOf('care', 0), taskOf('care', 1), taskOf('delivery', 0)];
    watch = watching();
  });

  it('says nothing of commands that are there once', async () => {
    for (const customer of ['ana', 'ben', 'cy']) await order(`c-${customer}`, customer);
    await watch.look(signal);
    expect(told).toEqual([]);
  });

  it('tells of one that is there twice, wherever the two were read', async () => {
    await order('c-ana', 'ana');
    await watch.look(signal);
    await order('c-ana', 'ana');
    await watch.look(signal);
    expect(told).toEqual([
      { name: 'CommandDuplicated', kind: 'retraction', command: 'c-ana', topic: topic.name, partition: expect.any(Number), offset: 1 },
    ]);
  });

  it('sees across a take-over, because it reads what was there before', async () => {
    await order('c-ana', 'ana');
    await watch.look(signal);
    watch = watching();
    await order('c-ana', 'ana');
    await watch.look(signal);
    expect(told).toHaveLength(1);
  });

  it('takes nothing for a duplicate because a task went and came back', async () => {
    await order('c-ana', 'ana');
    await watch.look(signal);
    const before = tasks;
    tasks = [];
    await watch.look(signal);
    tasks = before;
    await watch.look(signal);
    expect(told).toEqual([]);
  });

  it('leaves the partitions of others to them', async () => {
    const mine = partitionOf(Buffer.from('ana'), partitions);
    tasks = [taskOf('care', 1 - mine)];
    await order('c-ana', 'ana');
    await order('c-ana', 'ana');
    await watch.look(signal);
    expect(told).toEqual([]);
    tasks = [taskOf('care', mine)];
    await watch.look(signal);
    expect(told).toHaveLength(1);
  });
});
