import { waitUntil } from './wait-until.ts';
import { checkCoordinators, countBrokers } from './wire.ts';

/**
 * Resolves once `broker` (`host:port`) knows of `size` brokers, and both coordinators answer: the first test is not the one to wait
 * for them. `died` gives what a broker said that won't come any more; it is thrown.
 */
export const untilReady = async (broker: string, size: number, died: () => string | undefined = () => undefined): Promise<void> => {
  let death: string | undefined;
  await waitUntil(
    `${size} brokers at ${broker}, with coordinators`,
    async () => {
      death = died();
      if (death !== undefined) return true;
      if ((await countBrokers(broker)) < size) return false;
      await checkCoordinators(broker);
      return true;
    },
    60_000,
  );
  if (death !== undefined) throw new Error(`a broker did not start:\n${death}`);
};
