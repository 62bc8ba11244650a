import { EmbeddedBroker } from '../../src/log/memory/embedded-broker.ts';
import { DrivenClock } from '../../src/values/clock.ts';
import { instant } from '../../src/values/time.ts';
import type { Harness } from './harness.ts';
import { logConformance } from './log.ts';

const makeHarness = (): Promise<Harness> => {
  const clock = new DrivenClock(instant(Date.UTC(2026, 0, 1)));
  const timeouts = { sessionTimeoutMs: 6_000, transactionTimeoutMs: 10_000 };
  const broker = new EmbeddedBroker({ clock, ...timeouts });
  return Promise.resolve({
    ...timeouts,
    topic: async (name, settings) => {
      broker.createTopic(name, { partitions: 1, ...settings });
      return name;
    },
    recreate: async (topic, settings) => {
      broker.deleteTopic(topic);
      broker.createTopic(topic, { partitions: 1, ...settings });
    },
    addPartitions: async (topic, partitions) => broker.addPartitions(topic, partitions),
    compact: async (topic) => broker.compact(topic),
    connect: async (name, faults) => broker.connect({ name, ...(faults && { faults }) }),
    open: async () => {
      const transaction = broker.openTransaction();
      return {
        append: async (records) => transaction.append(records),
        commit: async () => transaction.commit(),
        abort: async () => transaction.abort(),
      };
    },
    now: () => clock.now(),
    pass: (forMs) => clock.advanceBy(forMs),
    close: async () => {},
  });
};

logConformance('the embedded log', makeHarness);
