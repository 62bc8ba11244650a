import { topicsNeeded } from '../../../src/engine/topics.ts';
import type { TopicNeeded } from '../../../src/engine/topics.ts';
import type { TopicKept } from '../../../src/lab/publish/topic-kept.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import { pipeline } from '../../../src/pipeline.ts';
import type { DrivenClock } from '../../../src/values/clock.ts';
import { policy } from '../replay/replaying.ts';

export const application = 'published';
export const stages = pipeline({ policy, act: true });

/** What the broker says of topics that `topics create --time records` has made. */
export const keptForRecords = (needed: readonly TopicNeeded[]): Map<string, TopicKept> =>
  new Map(
    needed.map(({ name, partitions, compacted, timestamps }) => [
      name,
      {
        partitions,
        configs: new Map([
          ['message.timestamp.type', timestamps === 'create' ? 'CreateTime' : 'LogAppendTime'],
          ['cleanup.policy', compacted ? 'compact' : 'delete'],
          ['retention.ms', '-1'],
          ['message.timestamp.before.max.ms', '9223372036854775807'],
          ['message.timestamp.after.max.ms', '9223372036854775807'],
        ]),
      },
    ]),
  );

/** An embedded broker with all topics for a history, and what it says of them. */
export const brokerForRecords = (clock: DrivenClock, partitions = 3) => {
  const broker = new EmbeddedBroker({ clock });
  const needed = topicsNeeded({ application, stages, partitions, time: 'records' });
  for (const { name, ...settings } of needed) broker.createTopic(name, settings);
  const kept = keptForRecords(needed);
  const describeTopics = async (names: readonly string[]): Promise<ReadonlyMap<string, TopicKept>> =>
    new Map([...kept].filter(([name]) => names.includes(name)));
  return { broker, needed, kept, describeTopics };
};
