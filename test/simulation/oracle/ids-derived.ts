import { createHash } from 'node:crypto';
import type { LogRecord } from '../../../src/engine/log.ts';
import type { Decision } from '../../../src/topics/decisions.ts';
import { deliveryPromises } from '../../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../../src/topics/delivery-tracking.ts';
import { streamingPlayback } from '../../../src/topics/streaming-playback.ts';
import type { Observed } from '../observed.ts';
import type { Outputs } from './outputs-read.ts';
import { commandInWords, issueInWords } from './outputs-read.ts';

/** The hash that ids are made of, written again from its description and not imported: `i-` or `c-` and 22 characters. */
const derived = (letter: 'i' | 'c', parts: readonly string[]): string =>
  `${letter}-${createHash('sha256').update(JSON.stringify(parts)).digest().toString('base64url').slice(0, 22)}`;

/** Everything that can have started a problem of a subject, from the contents of the log alone. */
const beginnings = (run: Observed): ReadonlyMap<string, ReadonlySet<string>> => {
  const all = new Map<string, Set<string>>();
  const add = (subject: string, armedBy: string): void => void (all.get(subject) ?? all.set(subject, new Set()).get(subject))?.add(armedBy);
  const each = (topic: string): readonly LogRecord[] => run.inputs.get(topic) ?? [];
  for (const record of each(deliveryPromises.name)) {
    const read = deliveryPromises.decode(record);
    if (read.kind === 'read') add(String(record.key), `promise-${read.value.revision}`);
  }
  for (const record of each(deliveryTracking.name)) {
    const read = deliveryTracking.decode(record);
    if (read.kind !== 'read') continue;
    // A time without a zone is read as if it were UTC: what a carrier told, not what it may have meant.
    const { observedAt, status, code } = read.value;
    const told = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(observedAt) ? observedAt : `${observedAt}Z`);
    add(String(record.key), `${status}@${told}${code === undefined ? '' : ` ${code}`}`);
  }
  for (const record of each(streamingPlayback.name)) if (streamingPlayback.decode(record).kind === 'read') add(String(record.key), 'start');
  return all;
};

/** The numbers that a step of this name and kind can have in the policy's ladders; 0 is what no ladder has: a person who is asked. */
const numbersOf = (run: Observed, decision: Decision, kind: string): readonly number[] => {
  const ladder = run.policy.rules.find(({ name }) => name === decision.rule)?.ladder ?? [];
  if (kind === 'retraction') return ladder.filter(({ remedy }) => remedy === 'notification').map((_, index) => index + 1);
  const at = ladder.findIndex(({ name }) => name === decision.step);
  const own = ladder[at]?.remedy === kind ? [ladder.slice(0, at + 1).filter(({ remedy }) => remedy === kind).length] : [];
  return kind === 'escalation' ? [0, ...own] : own;
};

/**
 * The id of every issue is the hash of its detector, its subject and something in the log that started it; the id of every command
 * that of its issue, its kind and its step's number in the ladder. A counter, a clock or an offset in an id is seen here.
 */
export const idsDerived = (run: Observed, { issues, decisions }: Outputs): readonly string[] => {
  const began = beginnings(run);
  const problems: string[] = [];
  for (const { value: issue } of issues) {
    const { armedBy } = issue.finding;
    if (issue.id !== derived('i', [issue.detector, issue.subject, armedBy]))
      problems.push(`id not derived: ${issueInWords(issue)} is not the hash of what it is about and "${armedBy}"`);
    else if (began.get(issue.subject)?.has(armedBy) !== true)
      problems.push(`id not derived: ${issueInWords(issue)} was armed by "${armedBy}", which nothing in the log says`);
  }
  for (const { value: decision } of decisions)
    for (const command of decision.commands)
      if (
        !numbersOf(run, decision, command.kind).some((nth) => command.id === derived('c', [decision.issue, command.kind, String(nth), '']))
      )
        problems.push(`id not derived: ${commandInWords(command)} is not the hash of its issue, its kind and its step's number`);
  return problems;
};
