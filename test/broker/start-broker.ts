import { startInDocker } from './in-docker.ts';
import type { Pace } from './java-node.ts';
import { startCluster } from './start-cluster.ts';
import { untilReady } from './until-ready.ts';

/** A broker that is there, and which way it came. */
export interface Broker {
  readonly via: 'environment' | 'docker' | 'java';
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** Why there is none: a line for each way that was tried. */
export interface NoBroker {
  readonly via: 'none';
  readonly reasons: readonly string[];
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The first broker that is there: those of `KAFKA_BROKERS` (`host:port`, separated by commas; never stopped by us; or `none`), Docker,
 * Java and Maven. Throws where `KAFKA_BROKERS` is set and nobody answers there: whoever names a broker wants no other.
 */
export const startBroker = async ({ pace = 'quick' }: { readonly pace?: Pace } = {}): Promise<Broker | NoBroker> => {
  const named = process.env['KAFKA_BROKERS'];
  if (named === 'none') return { via: 'none', reasons: ['KAFKA_BROKERS is none'] };
  if (named) {
    const brokers = named.split(',').map((address) => address.trim());
    await untilReady(brokers[0] ?? '', 1);
    return { via: 'environment', brokers, stop: () => Promise.resolve() };
  }
  const reasons = ['KAFKA_BROKERS is not set'];
  try {
    return { via: 'docker', ...(await startInDocker()) };
  } catch (error) {
    reasons.push(`Docker: ${reasonOf(error)}`);
  }
  try {
    const cluster = await startCluster(1, { pace });
    return { via: 'java', brokers: cluster.brokers, stop: () => cluster.stop() };
  } catch (error) {
    reasons.push(`Java: ${reasonOf(error)}`);
  }
  return { via: 'none', reasons };
};
