import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { javaFiles } from '../../broker/java-files.ts';
import { runCommand } from '../../broker/run-command.ts';

const program = fileURLToPath(new URL('ReadCommitted.java', import.meta.url));

/** A record as Java's consumer gave it; `topic` without the prefix. */
export interface Read {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

interface Line {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string | null>>;
}

const textOf = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** All committed records of the topics under `prefix` that `wanted` names, and past the last one of every partition that is more than the time told reach, by `topic/partition`. */
export const readCommitted = async (
  brokers: readonly string[],
  prefix: string,
  folder: string,
  wanted: (topic: string) => boolean,
): Promise<{ readonly records: readonly Read[]; readonly ends: ReadonlyMap<string, number> }> => {
  const { java, classPath } = await javaFiles();
  const file = join(folder, 'committed.ndjson');
  await runCommand(java, ['-XX:TieredStopAtLevel=1', '-cp', classPath, program, brokers.join(), prefix, file], { timeoutMs: 150_000 });
  const records: Read[] = [];
  const ends = new Map<string, number>();
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = JSON.parse(text) as Line;
    if (!('amends.tick' in line.headers)) ends.set(`${line.topic}/${line.partition}`, line.offset + 1);
    if (wanted(line.topic))
      records.push({
        ...line,
        key: line.key === null ? null : textOf(line.key),
        value: line.value === null ? null : Buffer.from(line.value, 'base64'),
        headers: Object.fromEntries(Object.entries(line.headers).map(([name, value]) => [name, value === null ? '' : textOf(value)])),
      });
  }
  return { records, ends };
};
