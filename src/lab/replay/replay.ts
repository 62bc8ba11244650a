import type { Stage } from '../../engine/stage.ts';
import { deadLettersTopic, topicsNeeded } from '../../engine/topics.ts';
import { silence } from '../../happenings/happening.ts';
import type { Telemetry } from '../../happenings/happening.ts';
import { EmbeddedBroker } from '../../log/memory/embedded-broker.ts';
import { pipeline } from '../../pipeline.ts';
import type { Policy } from '../../policy/policy.ts';
import { firstArmed } from '../../topics/controls.ts';
import { decisions } from '../../topics/decisions.ts';
import { issues } from '../../topics/issues.ts';
import { remedies } from '../../topics/remedies.ts';
import { DrivenClock } from '../../values/clock.ts';
import type { Instant } from '../../values/time.ts';
import { after } from '../../values/time.ts';
import { BadLines } from '../bad-lines.ts';
import type { EventRecord } from '../event-record.ts';
import { controlRecord } from '../history/control-record.ts';
import { Feed, outsideTopics } from '../history/feed.ts';
import { readHistory } from '../history/read-history.ts';
import type { Survey } from '../history/survey.ts';
import { survey } from '../history/survey.ts';
import { Fleet } from './fleet.ts';
import { LinesByPlace } from './lines-by-place.ts';
import { prepareFolder, writeFolder } from './output-folder.ts';
import { outputOf } from './outputs.ts';
import type { Summary } from './summary.ts';
import { countOutputs } from './summary.ts';

const application = 'replay';

export interface ReplayOptions {
  /** The event file. */
  readonly file: string;
  readonly policy: Policy & { readonly hash: string };
  /** The folder to write; must be empty or absent, unless `force`. */
  readonly out: string;
  readonly force?: boolean;
  /** Everything strictly before is concluded; records at it or later are left out. Without it: 1 ms past the last record. */
  readonly until?: Instant;
  readonly partitions?: number;
  readonly processes?: number;
  /** Goes on without the lines that can't be read, and counts them. */
  readonly skipBad?: boolean;
  /** Records fed at a time; memory grows with it, the result doesn't change. */
  readonly chunkRecords?: number;
  readonly progress?: (done: number, total: number) => void;
  readonly telemetry?: Telemetry;
}

export interface Replayed {
  readonly summary: Summary;
  /** `file:line: reason` of the first lines that were skipped. */
  readonly skipped: readonly string[];
  /** Tasks whose timers and money were held at the end, and why: what they would have concluded is missing. */
  readonly held: readonly string[];
}

/**
 * Runs a history through the pipeline as if it happened now, in the `records` time mode on the embedded log, with rules
 * in their own modes; writes a file a topic and the figures. The same file, policy and `until` give the same bytes,
 * whatever the partitions, processes and chunks, unless something is `held`.
 * Throws AMENDS_FILE_UNREADABLE, AMENDS_FILE_BAD_LINES (all of them told), AMENDS_FOLDER_NOT_EMPTY.
 */
export const replay = async (options: ReplayOptions): Promise<Replayed> => {
  const { file, out, policy, skipBad = false } = options;
  const stages = pipeline({ policy, act: true });
  const outside = outsideTopics(stages);
  const bad = new BadLines(file);
  const surveyed = await survey(file, bad, ({ topic }) =>
    outside.has(topic) ? undefined : `unknown topic "${topic}"; known are ${[...outside.keys()].join(', ')}`,
  );
  if (bad.count > 0 && !skipBad) throw bad.error();
  await prepareFolder(out, options.force ?? false);

  const { outputs, read, held, until } = await run(options, stages, surveyed);
  const of = (topic: string): readonly EventRecord[] => outputs.get(topic) ?? [];
  const fed = Object.values(read).reduce((sum, count) => sum + count, 0);
  const summary: Summary = {
    policy: { version: policy.version, hash: policy.hash },
    records: {
      read,
      badLines: bad.count,
      leftOut: surveyed.records - fed,
      inOrder: surveyed.isInOrder,
      first: isoOf(surveyed.first),
      last: isoOf(surveyed.last),
    },
    until: isoOf(until),
    ...countOutputs({
      issues: of(issues.name),
      decisions: of(decisions.name),
      commands: Object.values(remedies).flatMap(({ name }) => of(name)),
      letters: of(deadLettersTopic),
    }),
  };
  await writeFolder(out, outputs, summary);
  return { summary, skipped: bad.first, held };
};

const isoOf = (at: Instant | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

interface Ran {
  readonly outputs: ReadonlyMap<string, readonly EventRecord[]>;
  readonly read: Readonly<Record<string, number>>;
  readonly held: readonly string[];
  readonly until: Instant | undefined;
}

const run = async (options: ReplayOptions, stages: readonly Stage[], { first, last, records, isInOrder }: Survey): Promise<Ran> => {
  const { file, policy, partitions = 3, processes = 1, chunkRecords = 20_000, telemetry = silence, progress = () => {} } = options;
  const names = outputNames(stages);
  if (first === undefined || last === undefined)
    return { outputs: new Map(names.map((name) => [name, []])), read: {}, held: [], until: options.until };
  const until = options.until ?? after(last, 1);
  const clock = new DrivenClock(first);
  const broker = new EmbeddedBroker({ clock });
  const topics = topicsNeeded({ application, stages, partitions, time: 'records' });
  for (const { name, ...settings } of topics) broker.createTopic(name, settings);
  const counts = new Map(topics.map((topic) => [topic.name, topic.partitions]));
  const inputs = outsideTopics(stages);
  const outside = new Map([...inputs.keys()].map((name) => [name, counts.get(name) ?? partitions]));
  const lines = new LinesByPlace();
  const log = broker.connect({ name: 'history' });
  const feed = new Feed({ log, partitions: outside, topics: inputs, appended: (place, line) => lines.add(place, line) });
  const logs = Array.from({ length: processes }, (_, index) => broker.connect({ name: `replay-${index}` }));
  const fleet = await Fleet.start({ application, stages, partitions, logs, clock, telemetry });

  const read = new Map<string, number>();
  let behind = 0;
  let fed = 0;
  const reach = async (time: Instant): Promise<void> => {
    await feed.tick(time);
    behind += (await fleet.reach(time)).length;
    // A task that didn't get there may still have something to read.
    if (behind === 0) await feed.trim();
  };
  const armedAt = after(first, -1);
  await feed.append([controlRecord(firstArmed({ by: 'replay', why: 'a replay acts', policyHash: policy.hash, at: armedAt }), armedAt)]);
  const wanted = ({ topic, timestamp }: EventRecord): boolean => outside.has(topic) && timestamp < until;
  for await (const chunk of readHistory(file, { isInOrder, chunkRecords, wanted })) {
    for (const { topic } of chunk) read.set(topic, (read.get(topic) ?? 0) + 1);
    await feed.append(chunk);
    await reach(chunk.at(-1)?.timestamp ?? first);
    fed += chunk.length;
    progress(fed, records);
  }
  await reach(until);
  const held = fleet.troubles;
  await fleet.stop();
  // In the order of the pipeline: what refers to a record comes after it, and finds its line.
  const outputs = new Map(names.map((name) => [name, outputOf(broker.records(name), lines)]));
  await log.close();
  return { outputs, read: Object.fromEntries([...read].sort(([a], [b]) => (a < b ? -1 : 1))), held, until };
};

/** What the stages write, each topic once, in the order of the pipeline; then the dead letters. */
const outputNames = (stages: readonly Stage[]): readonly string[] => [
  ...new Set([...stages.flatMap((stage) => stage.outputs.map(({ name }) => name)), deadLettersTopic]),
];
