import { deliveryStage } from '../../src/delivery/stage.ts';
import { topicsNeeded } from '../../src/engine/topics.ts';
import type { NewTopic } from '../../src/log/kafka/admin.ts';
import type { KafkaSettings, TopicNames } from '../../src/log/kafka/settings.ts';
import { realClock } from '../../src/values/clock.ts';
import { dayMs } from '../../src/values/time.ts';
import { partitions } from '../replay/workload.ts';

/** The delivery stage alone, as the peer's README asks. */
export const stage = deliveryStage({ 'shipment-stalled': { inTransit: 'P2D' } }, 120 * dayMs);

const inputs = new Set(stage.inputs.map(({ topic }) => topic.name));

/** Inputs are shared by all runs; what a run writes is its own. */
const namesOf = (workload: string, run: string): TopicNames => ({
  toBroker: (topic) => (inputs.has(topic) ? `${workload}.${topic}` : `${run}.${topic}`),
  fromBroker: (name) => name.slice((name.startsWith(`${run}.`) ? run : workload).length + 1),
});

export const settingsOf = (brokers: string, workload: string, run: string): KafkaSettings => ({
  brokers: brokers.split(','),
  clientId: run,
  clock: realClock,
  topicNames: namesOf(workload, run),
});

/** The topics of a run, or of the workload: what is kept must not age away between runs. */
export const topicsOf = (run: string, of: 'workload' | 'run'): readonly NewTopic[] =>
  topicsNeeded({ application: run, stages: [stage], partitions, time: 'records' })
    .filter(({ name }) => inputs.has(name) === (of === 'workload'))
    .map(({ name, partitions: count, compacted, timestamps, maxMessageBytes }) => ({
      name,
      partitions: count,
      configs: {
        'cleanup.policy': compacted ? 'compact' : 'delete',
        'retention.ms': '-1',
        'message.timestamp.type': timestamps === 'append' ? 'LogAppendTime' : 'CreateTime',
        'max.message.bytes': String(maxMessageBytes),
      },
    }));
