import type { Client } from './client.ts';
import { Refused } from './refused.ts';

/** Asks for the permit, if there is one to be asked for. Throws Refused, with the reason `permit` where it is refused. */
export const askPermit = async (client: Client, permit?: () => Promise<boolean>): Promise<void> => {
  if (!permit) return;
  let isGiven = false;
  try {
    isGiven = await permit();
  } catch (error) {
    await client.alive();
    throw new Refused('transient', `the permit could not be asked for: ${error instanceof Error ? error.message : String(error)}`);
  }
  await client.alive();
  if (!isGiven) throw new Refused('transient', 'permit');
};
