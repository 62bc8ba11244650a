import { startBroker } from '../../test/broker/start-broker.ts';

/** Does something on the first broker that is there, and ends it afterwards where it was started for this. Throws where there is none. */
export const withBroker = async <T>(use: (brokers: readonly string[]) => Promise<T>): Promise<T> => {
  const broker = await startBroker({ pace: 'steady' });
  if (broker.via === 'none') throw new Error(`no broker: ${broker.reasons.join('; ')}`);
  try {
    return await use(broker.brokers);
  } finally {
    await broker.stop();
  }
};
