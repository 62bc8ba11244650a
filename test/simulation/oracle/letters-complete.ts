import { deadLettersTopic } from '../../../src/engine/topics.ts';
import type { LogRecord } from '../../../src/engine/log.ts';
import type { Observed } from '../observed.ts';
import { outsideInputs, readingOf, stagesOf } from './reading.ts';

const bytes = (of: Buffer | null): string => of?.toString('base64') ?? 'null';

/** The letters' own headers by name, as KIP-1034 has them. */
const header = (record: LogRecord, name: string): string => record.headers().get(`__streams.errors.${name}`)?.toString('utf8') ?? '';

/**
 * Every record from outside that can't be read or lies in the wrong partition stands in the dead letters once, with the key and value
 * that it came with; nothing else does, but for what lies elsewhere once partitions were added. Letters may be missing where the run's faults forget input before it is read.
 */
export const lettersComplete = (run: Observed): readonly string[] => {
  const stages = stagesOf(run);
  const due = new Map<string, number>();
  const allowed = new Set<string>();
  for (const { input } of outsideInputs(stages))
    for (const record of run.inputs.get(input.topic.name) ?? []) {
      const name = `${record.topic}/${record.partition}@${record.offset} ${bytes(record.key)} ${bytes(record.value)}`;
      if (readingOf(input, record, run.partitionsInTheEnd ?? run.partitions).kind === 'misplaced') allowed.add(name);
      const { kind } = readingOf(input, record, run.partitions);
      if (kind !== 'unreadable' && kind !== 'misplaced') continue;
      due.set(name, (due.get(name) ?? 0) + 1);
    }
  const found = new Map<string, number>();
  for (const letter of run.outputs.get(deadLettersTopic) ?? []) {
    if (header(letter, 'exception') === '') continue;
    const place = `${header(letter, 'topic')}/${header(letter, 'partition')}@${header(letter, 'offset')}`;
    const name = `${place} ${bytes(letter.key)} ${bytes(letter.value)}`;
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  const short = (name: string): string => name.split(' ')[0] ?? name;
  const problems: string[] = [];
  for (const [name, count] of due)
    if ((found.get(name) ?? 0) < count && !run.weakened.missingAllowed)
      problems.push(`letter missing: ${short(name)} can't be folded and is not, or not whole, in the dead letters`);
  for (const [name, count] of found)
    if (count > (due.get(name) ?? (allowed.has(name) ? 1 : 0)))
      problems.push(
        due.has(name)
          ? `letter twice: ${short(name)} stands in the dead letters ${count} times`
          : `letter false: ${short(name)} is in the dead letters and nothing is wrong with it, or it isn't whole`,
      );
  return problems;
};
