import type { LogRecord } from '../../../src/engine/log.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import type { Decision } from '../../../src/topics/decisions.ts';
import { decisions } from '../../../src/topics/decisions.ts';
import type { Issue } from '../../../src/topics/issues.ts';
import { issues } from '../../../src/topics/issues.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { remedies, topicOf } from '../../../src/topics/remedies.ts';
import type { RemedyKind } from '../../../src/values/ids.ts';
import type { Observed } from '../observed.ts';

/** A value of ours as it stands on the log. */
export interface Stood<T> {
  readonly value: T;
  readonly record: LogRecord;
}

/** What a run wrote, read through the topics' own schemas. Throws where one of our own records can't be read. */
export interface Outputs {
  readonly issues: readonly Stood<Issue>[];
  readonly decisions: readonly Stood<Decision>[];
  readonly commands: readonly Stood<Command>[];
}

/** Every command's kind. */
export const kinds = Object.keys(remedies) as readonly RemedyKind[];

/** Reads what a run wrote. */
export const outputsOf = (run: Observed): Outputs => {
  const valuesOf = <T>(topic: Topic<T>): readonly Stood<T>[] =>
    (run.outputs.get(topic.name) ?? []).map((record) => {
      const decoded = topic.decode(record);
      if (decoded.kind !== 'read') throw new Error(`${record.topic}/${record.partition}@${record.offset} is ours and can't be read`);
      return { value: decoded.value, record };
    });
  return {
    issues: valuesOf(issues),
    decisions: valuesOf(decisions),
    commands: kinds.flatMap((kind) => valuesOf(topicOf(kind))),
  };
};

/** A command in words: who gets what, and its id. */
export const commandInWords = (command: Command): string => {
  const amount = command.kind === 'refund' || command.kind === 'credit' ? ` of ${command.money.amountMinor} ${command.money.currency}` : '';
  return `the ${command.kind}${amount} ${command.id} for ${command.customer}`;
};

/** An issue's record in words. */
export const issueInWords = (issue: Issue): string =>
  `${issue.detector} (${issue.finding.reason}) of ${issue.subject}, ${issue.state} by revision ${issue.revision} of ${issue.id}`;

/** A decision in words. */
export const decisionInWords = (of: Decision): string =>
  `the decision "${of.outcome}" on ${of.detector} of ${of.subject}${of.step === undefined ? '' : `, step ${of.step}`}, at ${new Date(of.at).toISOString()}`;
