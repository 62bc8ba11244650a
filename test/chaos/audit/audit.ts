import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Read } from './read-committed.ts';
import { readCommitted } from './read-committed.ts';

const remedies = ['refunds', 'credits', 'replacements', 'notifications', 'escalations', 'returns', 'retractions'].map(
  (kind) => `remedy.${kind}`,
);
const letters = 'amends.dead-letters';
const compared = [...remedies, 'remedy.decisions', 'amends.issues', letters];

/** What came of it all, against one replay of the same history. */
export interface Audit {
  readonly commands: number;
  readonly missing: number;
  readonly double: number;
  readonly false: number;
  /** Whatever is not as it must be, a sentence each; the first of many. */
  readonly problems: readonly string[];
}

/** A line of a replay's file. */
interface Line {
  readonly key: string | null;
  readonly value?: unknown;
  readonly valueBase64?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: string;
}

/** Where evidence lies differs between a replay and a broker; everything else must be the same. */
const withoutPlaces = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'evidence');
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutPlaces(inner)]));
};

const placeNames = ['__streams.errors.topic', '__streams.errors.partition', '__streams.errors.offset', 'amends.errors.stage'];

/** What a letter tells but for where its record lay. */
const letterGist = (at: number, key: string | null, value: string, headers: Readonly<Record<string, string>>): string =>
  JSON.stringify([
    at,
    key,
    value,
    headers['__streams.errors.exception'],
    headers['__streams.errors.topic'],
    headers['amends.errors.stage'],
  ]);

const expectedOf = (folder: string, topic: string): readonly string[] => {
  const lines = readFileSync(join(folder, `${topic}.ndjson`), 'utf8').split('\n').filter((text) => text !== ''); // prettier-ignore
  return lines.map((text) => {
    const { key, value, valueBase64, headers, timestamp } = JSON.parse(text) as Line;
    if (topic !== letters) return JSON.stringify(withoutPlaces(value));
    const bytes = valueBase64 === undefined ? Buffer.from(value === null ? '' : JSON.stringify(value)) : Buffer.from(valueBase64, 'base64');
    return letterGist(Date.parse(timestamp), key, bytes.toString('base64'), headers);
  });
};

const foundOf = (records: readonly Read[], topic: string): readonly string[] =>
  records
    .filter((record) => record.topic === topic)
    .map(({ key, value, headers, timestamp }) =>
      topic === letters
        ? letterGist(timestamp, key, (value ?? Buffer.alloc(0)).toString('base64'), headers)
        : JSON.stringify(withoutPlaces(JSON.parse(value?.toString('utf8') ?? 'null'))),
    );

const counted = (texts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

/** What `from` has more often than `than`, as often. */
const surplus = (from: readonly string[], than: readonly string[]): readonly string[] => {
  const left = counted(than);
  return from.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
};

interface Command {
  readonly id: string;
  readonly kind: string;
  readonly money?: { readonly amountMinor: number; readonly currency: string };
}

/** Which command, of what kind, and how much: what money hangs on. */
const commandGist = (text: string): string => {
  const { id, kind, money } = JSON.parse(text) as Command;
  return JSON.stringify([id, kind, money?.amountMinor ?? null, money?.currency ?? null]);
};

/** The last checkpoint of each task against the ends of what it reads: topic and partition of those that it has not read to the end. */
const unread = (records: readonly Read[], ends: ReadonlyMap<string, number>): readonly string[] => {
  const last = new Map<string, Read>();
  for (const record of records) if (record.key === 'checkpoint') last.set(`${record.topic}/${record.partition}`, record);
  return [...last].flatMap(([task, { value }]) => {
    const { inputs } = JSON.parse(value?.toString('utf8') ?? '{}') as {
      readonly inputs: Readonly<Record<string, readonly [number, unknown]>>;
    };
    return Object.entries(inputs).flatMap(([name, [next]]) => {
      const end = ends.get(name) ?? 0;
      return next >= end ? [] : [`${task} has read ${name} to ${next}, and its records reach to ${end}`];
    });
  });
};

/** Reads by Kafka's own consumer what is on the topics, and compares it with the replay's folder. */
export const audit = async (of: {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly folder: string;
  readonly replayed: string;
  /** Slices that were published, each of which must be there once. */
  readonly slices: number;
  readonly receipts: string;
  readonly tasks: number;
}): Promise<Audit> => {
  const wanted = (topic: string): boolean => compared.includes(topic) || topic.endsWith('-changelog') || topic === of.receipts;
  const { records, ends } = await readCommitted(of.brokers, of.prefix, of.folder, wanted);
  const problems: string[] = [];
  const tell = (what: string, all: readonly string[]): void => {
    if (all.length > 0) problems.push(`${all.length} ${what}, such as ${all[0]?.slice(0, 600) ?? ''}`);
  };

  const expected = remedies.flatMap((topic) => expectedOf(of.replayed, topic));
  const found = remedies.flatMap((topic) => foundOf(records, topic));
  const [expectedGists, foundGists] = [expected.map(commandGist), found.map(commandGist)];
  const ids = counted(found.map((text) => (JSON.parse(text) as Command).id));
  const doubles = [...ids].filter(([, count]) => count > 1).map(([id]) => id);
  const known = new Set(expectedGists);
  const there = new Set(foundGists);
  const missing = [...known].filter((gist) => !there.has(gist));
  const falsehoods = [...there].filter((gist) => !known.has(gist));
  tell('commands are missing', missing);
  tell('commands are there twice', doubles);
  tell('commands are false', falsehoods);
  for (const topic of compared) {
    const wants = expectedOf(of.replayed, topic);
    // A record that was given to two tasks has a letter of each; a replay tells them once.
    const has = topic === letters ? [...new Set(foundOf(records, topic))] : foundOf(records, topic);
    tell(`records that the replay has are missing on ${topic}`, surplus(wants, has));
    tell(`records that the replay hasn't are on ${topic}`, surplus(has, wants));
  }
  const letterPlaces = records.filter(({ topic }) => topic === letters).map(({ headers }) => JSON.stringify(placeNames.map((name) => headers[name]))); // prettier-ignore
  tell(
    'records have two letters of one stage',
    [...counted(letterPlaces)].filter(([, count]) => count > 1).map(([place]) => place),
  );
  const received = records.filter(({ topic }) => topic === of.receipts).map(({ value }) => value?.toString() ?? '');
  const slices = Array.from({ length: of.slices }, (_, index) => String(index + 1));
  tell('slices of the history were not published once', [...surplus(slices, received), ...surplus(received, slices)]);
  tell('inputs were not read to the end', unread(records, ends));
  const tasks = new Set(records.filter(({ key }) => key === 'checkpoint').map(({ topic, partition }) => `${topic}/${partition}`));
  if (tasks.size !== of.tasks) problems.push(`${tasks.size} tasks have a checkpoint, and there are ${of.tasks}`);
  return { commands: found.length, missing: missing.length, double: doubles.length, false: falsehoods.length, problems };
};
