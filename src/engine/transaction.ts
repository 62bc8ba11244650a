import type { Happening } from '../happenings/happening.ts';
import type { Instant } from '../values/time.ts';
import type { Batch } from './batch.ts';
import type { Checkpoint, TimeMode } from './changelog.ts';
import { encodeCheckpoint, encodeRow } from './changelog.ts';
import type { Outgoing, Partition, TaskId, TopicDescription } from './log.ts';
import { keep } from './row-encoding.ts';
import type { Scratch } from './scratch.ts';
import type { Source } from './source.ts';

/** How far the task will be, once the transaction has committed. */
export const checkpointOf = (of: {
  readonly mode: TimeMode;
  readonly number: number;
  readonly clock: Instant;
  readonly sources: readonly Source[];
  readonly described: (topic: string) => TopicDescription;
  readonly changelog: string;
  readonly release: string;
}): Checkpoint => ({
  mode: of.mode,
  number: of.number,
  clock: of.clock,
  partitions: Object.fromEntries(of.sources.map(({ topic }) => [topic, of.described(topic).partitions])),
  // Its own too: rows beside a checkpoint that names another changelog are not all the rows.
  topicIds: Object.fromEntries([...of.sources.map(({ topic }) => topic), of.changelog].map((topic) => [topic, of.described(topic).id])),
  inputs: Object.fromEntries(of.sources.map(({ name, next, last }) => [name, { next, last }])),
  release: of.release,
});

/** All that a transaction writes: what was emitted, the changed rows, the checkpoint. Their bytes are of the scratch until it is used again. */
export const recordsOf = (
  batch: Batch,
  checkpoint: Checkpoint,
  changelog: Partition,
  timestamp: Instant,
  scratch: Scratch,
): readonly Outgoing[] => {
  const records = batch.outgoing;
  scratch.reset();
  for (const changed of batch.overlay.changes) {
    changed.kept = keep(changed.of, changed.state);
    records.push(encodeRow(changelog, timestamp, changed, scratch));
  }
  records.push({ ...changelog, ...encodeCheckpoint(checkpoint), timestamp });
  return records;
};

/** What a batch takes from its topics, and what it leaves, in records. */
export interface Consumed {
  readonly records: number;
  readonly lag: number;
}

/** By topic; to be asked before the sources commit. */
export const consumedOf = (moved: readonly Source[]): ReadonlyMap<string, Consumed> => {
  const consumed = new Map<string, Consumed>();
  for (const { topic, next, committedNext, high } of moved) {
    const { records, lag } = consumed.get(topic) ?? { records: 0, lag: 0 };
    consumed.set(topic, { records: records + next - committedNext, lag: lag + Math.max(0, high - next) });
  }
  return consumed;
};

/** What is told of a transaction that has committed. */
export const happeningsOf = (id: TaskId, batch: Batch, consumed: ReadonlyMap<string, Consumed>, tookMs: number): readonly Happening[] => [
  ...[...consumed].flatMap(([topic, { records, lag }]): readonly Happening[] => [
    { name: 'RecordsConsumed', ...id, topic, records },
    { name: 'LagMeasured', ...id, topic, records: lag },
  ]),
  { name: 'TransactionCommitted', ...id, records: batch.folded, woken: batch.woken, tookMs },
  ...batch.happenings,
];
