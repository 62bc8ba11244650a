import { deadLettersTopic } from '../../../src/engine/topics.ts';
import type { Observed } from '../observed.ts';
import { canonical } from './canonical.ts';
import type { Outputs } from './outputs-read.ts';
import { commandInWords, decisionInWords } from './outputs-read.ts';

/** Every command stands in exactly one decision that says `ordered`, word for word, and the other way round; its evidence was on the log. */
export const decisionsKept = (run: Observed, { decisions, commands }: Outputs): readonly string[] => {
  const problems: string[] = [];
  const decided = new Map<string, string[]>();
  // What is handed to a person because a step was held is ordered too.
  for (const { value } of decisions)
    if (value.outcome === 'ordered' || value.outcome === 'held')
      for (const command of value.commands) decided.set(command.id, [...(decided.get(command.id) ?? []), canonical(command)]);
  const ordered = new Set(commands.map(({ value }) => value.id as string));
  for (const { value } of commands) {
    const said = decided.get(value.id) ?? [];
    if (said.length !== 1) problems.push(`decision missing: ${commandInWords(value)} stands in ${said.length} decisions that order it`);
    else if (said[0] !== canonical(value)) problems.push(`decision differs: ${commandInWords(value)} is not what was decided`);
  }
  for (const id of decided.keys()) if (!ordered.has(id)) problems.push(`command missing: ${id} was decided and is not on its topic`);
  const there = new Set<string>();
  for (const [topic, records] of [...run.inputs, ...run.outputs])
    if (topic !== deadLettersTopic) for (const { partition, offset } of records) there.add(`${topic}/${partition}@${offset}`);
  for (const { value } of decisions) {
    const gone = value.evidence.filter(({ topic, partition, offset }) => !there.has(`${topic}/${partition}@${offset}`));
    if (gone.length > 0)
      problems.push(`evidence missing: ${decisionInWords(value)} rests on ${JSON.stringify(gone[0])}, which is not in the log`);
  }
  return problems;
};
