import { letterHeaders } from '../../src/engine/dead-letter.ts';
import type { LogRecord } from '../../src/engine/log.ts';
import type { Table } from '../../src/engine/stage.ts';
import { deadLettersTopic } from '../../src/engine/topics.ts';
import { pipeline } from '../../src/pipeline.ts';
import { excusedCustomers } from './oracle/excused-customers.ts';
import { cleanRun } from './clean-run.ts';
import type { Observed } from './observed.ts';

/** The most differences that are told of a topic. */
const most = 3;

/** What differs from a run of the same inputs without faults, in words: every output record, and every row that is left. `records` time only. */
export const sameAsClean = async (run: Observed): Promise<readonly string[]> => {
  const clean = await cleanRun(run);
  // A letter of another task holds its subject from whenever it is read: that is a matter of timing, and what comes of it too.
  const untold = [...run.weakened.subjects, ...excusedCustomers(run)];
  const isAsked = (content: string): boolean => !untold.some((name) => content.includes(name));
  const problems: string[] = [];
  for (const [topic, records] of run.outputs) {
    const contentOf = topic === deadLettersTopic ? letterContent : (record: LogRecord): string => contentWithoutOffsets(record);
    const asked = topic === deadLettersTopic ? (): boolean => true : isAsked;
    const contents = (of: readonly LogRecord[]): readonly string[] => of.map(contentOf).filter(asked);
    problems.push(...difference(topic, contents(records), contents(clean.outputs.get(topic) ?? [])));
  }
  const tables = new Map(
    pipeline({ policy: run.policy, act: run.act }).flatMap(({ rows }) => rows.map(({ table }) => [table.name, table])),
  );
  const cleanLogs = [...clean.changelogs.values()];
  for (const [index, [topic, records]] of [...run.changelogs].entries())
    problems.push(
      ...difference(`rows of ${topic}`, rowsOf(records, tables).filter(isAsked), rowsOf(cleanLogs[index] ?? [], tables).filter(isAsked)),
    );
  return problems;
};

const difference = (what: string, found: readonly string[], wanted: readonly string[]): readonly string[] => {
  const left = new Map<string, number>();
  for (const each of wanted) left.set(each, (left.get(each) ?? 0) + 1);
  const tooMany: string[] = [];
  for (const each of found) {
    const count = left.get(each) ?? 0;
    if (count === 0) tooMany.push(each);
    else left.set(each, count - 1);
  }
  const missing = [...left].flatMap(([each, count]) => Array.from({ length: count }, () => each));
  return [
    ...tooMany.slice(0, most).map((each) => `${what}: only with faults: ${each}`),
    ...missing.slice(0, most).map((each) => `${what}: only without faults: ${each}`),
    ...(tooMany.length > most || missing.length > most
      ? [`${what}: ${tooMany.length} only with, ${missing.length} only without faults`]
      : []),
  ];
};

/** Offsets depend on what else was on the topic: ticks, markers of transactions, records of aborted ones. */
const withoutOffsets = (text: string): string => text.replaceAll(/"(\w*[oO]ffset)":\d+/g, '"$1":0');

const contentWithoutOffsets = ({ key, value, timestamp, partition }: LogRecord): string =>
  `${partition} ${timestamp} ${key?.toString('utf8') ?? ''} ${withoutOffsets(value?.toString('utf8') ?? '')}`;

const letterContent = (letter: LogRecord): string => {
  const { key, value } = letter;
  const from = letter.headers().get(letterHeaders.topic)?.toString('utf8') ?? '';
  return `${from} ${key?.toString('hex') ?? 'null'} ${value?.toString('hex') ?? 'null'}`;
};

/** Every row that is left, as a state of today's code: the latest record of each key of each partition, but for the checkpoint. */
const rowsOf = (records: readonly LogRecord[], tables: ReadonlyMap<string, Table<unknown>>): readonly string[] => {
  const rows = new Map<string, string | undefined>();
  for (const { partition, key, value } of records) {
    const name = key?.toString('utf8') ?? '';
    if (name === 'checkpoint') continue;
    rows.set(`${partition} ${name}`, value === null ? undefined : stateText(name, value, tables));
  }
  return [...rows].flatMap(([name, row]) => (row === undefined ? [] : [`${name} ${row}`]));
};

const stateText = (name: string, value: Buffer, tables: ReadonlyMap<string, Table<unknown>>): string => {
  const [version, touched, packed] = JSON.parse(value.toString('utf8')) as readonly [number, number | null, unknown];
  const table = tables.get(name.slice(0, name.indexOf(' ')));
  return `${touched} ${withoutOffsets(JSON.stringify(table ? table.upcast(version, packed) : packed))}`;
};
