import type { LogRecord } from '../../../../src/engine/log.ts';
import sets from './fixtures/java-record-sets.json' with { type: 'json' };

/** A record set as Kafka's Java client wrote it (fixtures/MakeRecordSets.java). */
export const javaSet = (name: keyof typeof sets): Buffer => Buffer.from(sets[name], 'base64');

export const javaStart = 1_700_000_000_000;

const parcel = (i: number, times: number): string => `Parcel ${i} is on its way; `.repeat(times);

/** A record in a form that can be compared. */
export interface Plain {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string])[];
}

export const plain = (record: LogRecord): Plain => ({
  offset: record.offset,
  timestamp: record.timestamp,
  key: record.key?.toString('latin1') ?? null,
  value: record.value?.toString('latin1') ?? null,
  headers: [...record.headers()].map(([name, value]) => [name, value.toString('latin1')]),
});

/** What MakeRecordSets.java puts into a set: `longest` is how often the eighth value repeats itself. */
export const javaRecords = ({
  baseOffset = 40,
  gap = 1,
  longest = 3000,
  appendedAt,
}: {
  readonly baseOffset?: number;
  readonly gap?: number;
  readonly longest?: number;
  readonly appendedAt?: number;
}): readonly Plain[] =>
  Array.from({ length: 12 }, (_, i) => ({
    offset: baseOffset + i * gap,
    timestamp: appendedAt ?? (i === 5 ? 0 : i === 7 ? javaStart + 400 * 86_400_000 : javaStart + i * 1000),
    key: i % 7 === 3 ? null : i === 4 ? '\0\0\0\0' : `key-${i}`,
    value: i === 6 ? null : parcel(i, i === 8 ? longest : i),
    headers: [
      ...(i % 3 === 0
        ? ([
            ['source', 'java'],
            ['n\u00famero', String.fromCharCode(i, 0, 255)],
          ] as const)
        : []),
      ...(i === 9 ? ([['nothing', '']] as const) : []),
    ],
  }));
