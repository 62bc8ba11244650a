import type { Decision } from '../../src/topics/decisions.ts';
import { decisions } from '../../src/topics/decisions.ts';
import { issues } from '../../src/topics/issues.ts';
import type { Command } from '../../src/topics/remedies.ts';
import { remedies } from '../../src/topics/remedies.ts';
import type { Topic } from '../../src/formats/topic.ts';
import type { Observed } from './observed.ts';

const read = <T>(run: Observed, topic: Topic<T>): readonly T[] =>
  (run.outputs.get(topic.name) ?? []).map((record) => {
    const decoded = topic.decode(record);
    if (decoded.kind !== 'read') throw new Error(`${topic.name}/${record.partition}@${record.offset} can not be read`);
    return decoded.value;
  });

/** Every command that was ordered. */
export const commandsOf = (run: Observed): readonly Command[] =>
  Object.values(remedies).flatMap((topic): readonly Command[] => read(run, topic as Topic<Command>));

/** What must hold whatever happened, without any model: ids once, and for each command an issue and one decision that orders it. */
export const brokenInvariants = (run: Observed): readonly string[] => {
  const problems: string[] = [];
  const commands = commandsOf(run);
  const known = new Set(read(run, issues).map(({ id }) => id));
  const decided = new Map<string, Decision[]>();
  for (const decision of read(run, decisions))
    if (decision.outcome === 'ordered') for (const { id } of decision.commands) decided.set(id, [...(decided.get(id) ?? []), decision]);
  const seen = new Set<string>();
  for (const command of commands) {
    if (seen.has(command.id)) problems.push(`${command.kind} ${command.id} of ${command.customer} was ordered twice`);
    seen.add(command.id);
    if (!known.has(command.issue)) problems.push(`${command.kind} ${command.id} is for the issue ${command.issue}, which nobody found`);
    const count = decided.get(command.id)?.length ?? 0;
    if (count !== 1) problems.push(`${command.kind} ${command.id} of ${command.customer} has ${count} decisions that order it`);
  }
  for (const id of decided.keys()) if (!seen.has(id)) problems.push(`the command ${id} was decided, and is on no topic`);
  return problems;
};
