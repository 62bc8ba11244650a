import type { Log } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import type { KafkaAdmin } from '../../log/kafka/admin.ts';
import type { Finding } from './finding.ts';
import { ok, wrong } from './finding.ts';

const rightsPage = 'docs/deploy.md lists the rights that are needed.';

/**
 * Whether we may write transactions: takes a transactional id of the doctor's own, beside those of the tasks, and lets go of it.
 * `idPrefix` is what the log puts before it, so that the id that is told is the one that rights are given to.
 */
export const transactions = async (
  log: Log,
  { application, idPrefix }: { readonly application: string; readonly idPrefix: string },
  signal: AbortSignal,
): Promise<Finding> => {
  const id = `${application}-doctor`;
  try {
    const writer = await log.write(id, signal);
    await writer.close();
    return ok('transactions', `We may write under ids that begin with ${idPrefix}${application}-.`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error instanceof AmendsError ? error.details.join('; ') : error.message;
    return wrong('transactions', `We can't take the transactional id ${idPrefix}${id}: ${reason}`, rightsPage);
  }
};

/** The group of the processes, by its name at the brokers, and how many are in it. */
export const group = async (admin: KafkaAdmin, name: string): Promise<Finding> => {
  try {
    const { state, members } = await admin.group(name);
    const rebalancing = state === 'PreparingRebalance' || state === 'CompletingRebalance';
    const people = members === 1 ? '1 process is' : `${members} processes are`;
    return ok(
      'group',
      members === 0
        ? `No process is in the group ${name}.`
        : `${people} in the group ${name}${rebalancing ? ', sharing out the tasks' : ''}.`,
    );
  } catch (error) {
    if (!(error instanceof AmendsError)) throw error;
    return wrong('group', `We may not see the group ${name}: ${error.details.join('; ')}`, rightsPage);
  }
};
