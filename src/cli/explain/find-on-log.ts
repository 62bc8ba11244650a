import { audited } from '../../audit/audited.ts';
import type { AuditRecord } from '../../audit/audited.ts';
import { findIssues } from '../../audit/find-issues.ts';
import type { Log, LogRecord, Partition } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import { decisions } from '../../topics/decisions.ts';
import { issues } from '../../topics/issues.ts';
import { remedies } from '../../topics/remedies.ts';
import type { CustomerId } from '../../values/ids.ts';
import { partitionOf } from '../../values/murmur2.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock } from '../../values/time.ts';
import type { ReadSoFar } from '../read-to-end.ts';
import { partitionsOf, readToEnd } from '../read-to-end.ts';

/** All are keyed by customer. */
const topics: readonly string[] = [decisions.name, issues.name, ...Object.values(remedies).map(({ name }) => name)];

const place = /^([\w.-]{1,249})\/(\d{1,9})@(\d{1,15})$/;

/** What is known by an id, and whether older records were left unread. */
export interface FoundOnLog {
  readonly records: readonly AuditRecord[];
  readonly isCut: boolean;
}

/**
 * All that was found, decided and ordered for the customer whom an id leads to: the id of a customer, an order, a subject,
 * an issue or a command, or the place of a decision. First it is looked for, in the partitions that would be a customer's
 * of that name and then in the others, until a record leads to its customer; then that customer's partitions are read.
 * At most the `last` records of each partition are looked at. Throws AMENDS_NOT_FOUND, AMENDS_TOPIC_MISSING.
 */
export const findOnLog = async (
  id: string,
  { log, clock, last, progress }: { readonly log: Log; readonly clock: Clock; readonly last: number; readonly progress: ReadSoFar },
): Promise<FoundOnLog> => {
  const all = (await Promise.all(topics.map((topic) => partitionsOf(log, topic)))).flat();
  const counts = Map.groupBy(all, ({ topic }) => topic);
  const partitionsFor = (key: string): readonly Partition[] =>
    [...counts].map(([topic, partitions]) => ({ topic, partition: partitionOf(Buffer.from(key), partitions.length) }));
  let isCut = false;
  let looked = 0;
  const read = (partitions: readonly Partition[]): AsyncGenerator<readonly LogRecord[]> =>
    readToEnd(log, clock, partitions, {
      progress,
      from: ({ first, high }) => {
        if (high - last > first) isCut = true;
        return high - last;
      },
    });
  const search = async (partitions: readonly Partition[]): Promise<CustomerId | undefined> => {
    const bytes = Buffer.from(id);
    for await (const records of read(partitions))
      for (const record of records) {
        looked += 1;
        const customer = record.value?.includes(bytes) ? customerBehind(id, record) : undefined;
        if (customer !== undefined) return customer;
      }
    return undefined;
  };
  const theirs = partitionsFor(id);
  const others = all.filter((one) => !theirs.some((their) => partitionName(their) === partitionName(one)));
  const customer = (await atPlace(id, log, clock)) ?? (await search(theirs)) ?? (await search(others));
  if (customer === undefined)
    throw new AmendsError(
      'AMENDS_NOT_FOUND',
      [`${id}: among ${looked} records of issues, decisions and commands${isCut ? `, the last ${last} of each partition` : ''}`],
      isCut ? 'check the id, or look further back by --last' : 'check the id',
    );
  const key = Buffer.from(customer);
  const found: AuditRecord[] = [];
  for await (const records of read(partitionsFor(customer)))
    for (const record of records) if (record.key?.equals(key)) found.push(...auditRecordOf(record));
  return { records: found, isCut };
};

/** The customer of the decision that stands at a place, where `id` is one. */
const atPlace = async (id: string, log: Log, clock: Clock): Promise<CustomerId | undefined> => {
  const [, topic, partition, offset] = place.exec(id) ?? [];
  if (topic === undefined || !topics.includes(topic)) return undefined;
  const { partitions } = await log.describe(topic);
  if (Number(partition) >= partitions) return undefined;
  const from = Number(offset);
  for await (const records of readToEnd(log, clock, [{ topic, partition: Number(partition) }], { from: () => from }))
    for (const record of records) return record.offset === from ? customerBehind(id, record) : undefined;
  return undefined;
};

const customerBehind = (id: string, record: LogRecord): CustomerId | undefined => {
  const known = auditRecordOf(record).flatMap((one) => audited(one) ?? []);
  return findIssues(id, known) ? known[0]?.value.customer : undefined;
};

/** What isn't JSON is nothing that the audit could read. */
const auditRecordOf = ({ topic, partition, offset, timestamp, value }: LogRecord): readonly AuditRecord[] => {
  try {
    return value === null ? [] : [{ topic, partition, offset, timestamp, value: JSON.parse(value.toString('utf8')) as unknown }];
  } catch {
    return [];
  }
};
