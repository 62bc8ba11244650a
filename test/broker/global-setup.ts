import type { TestProject } from 'vitest/node';
import type { Broker, NoBroker } from './start-broker.ts';
import { startBroker } from './start-broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    broker: Pick<Broker, 'via' | 'brokers'> | NoBroker;
  }
}

const banner = (reasons: readonly string[]): string => {
  const line = '!'.repeat(100);
  return `\n${line}\nNO BROKER: everything that needs a real Apache Kafka is SKIPPED.\n${reasons.map((reason) => `  - ${reason}\n`).join('')}Any one of these would do: KAFKA_BROKERS=host:port, Docker, or Java 17 with Maven.\n${line}\n\n`;
};

/** Starts the one broker that all suites of a run share, and gives what ends it. Only a run that has such suites gets here. */
export const setup = async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const broker = await startBroker();
  if (broker.via === 'none') {
    process.stderr.write(banner(broker.reasons));
    provide('broker', broker);
    return () => Promise.resolve();
  }
  process.stderr.write(`broker: ${broker.brokers.join()} (${broker.via})\n`);
  provide('broker', { via: broker.via, brokers: broker.brokers });
  return () => broker.stop();
};
