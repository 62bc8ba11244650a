import type { LogRecord } from '../../../src/engine/log.ts';
import type { Input, Stage } from '../../../src/engine/stage.ts';
import type { Decoded } from '../../../src/formats/topic.ts';
import { pipeline } from '../../../src/pipeline.ts';
import { partitionOf } from '../../../src/values/murmur2.ts';
import { tickHeader } from '../../../src/values/record.ts';
import type { Observed } from '../observed.ts';

/** What a record turns out to be. `misplaced`: murmur2 of its key puts it elsewhere, and its value names nobody else. */
export type Reading =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly subjects: readonly string[] }
  | { readonly kind: 'misplaced'; readonly subjects: readonly string[] }
  | { readonly kind: 'tick' };

/** Reads a record of an input of a stage that has so many tasks. */
export const readingOf = (input: Input, record: LogRecord, tasks: number): Reading => {
  if (record.value === null && record.headers().has(tickHeader)) return { kind: 'tick' };
  const decoded: Decoded<unknown> = input.topic.decode(record);
  if (decoded.kind === 'later') throw new Error(`${record.topic} waits for a schema`);
  const key = record.key?.toString('utf8');
  const named = decoded.kind === 'unreadable' && decoded.subject !== undefined ? [decoded.subject] : [];
  const subjects = [...new Set([...(key === undefined ? [] : [key]), ...named])];
  const isElsewhere = !input.whole && record.key !== null && partitionOf(record.key, tasks) !== record.partition;
  if (isElsewhere && named.length === 0) return { kind: 'misplaced', subjects };
  return decoded.kind === 'read' ? { kind: 'read', value: decoded.value } : { kind: 'unreadable', subjects };
};

/** The pipeline's stages as the run had them. */
export const stagesOf = (run: Observed): readonly Stage[] => pipeline({ policy: run.policy, act: run.act });

/** The inputs that are written outside, with their stage. */
export const outsideInputs = (stages: readonly Stage[]): readonly { readonly stage: Stage; readonly input: Input }[] =>
  stages.flatMap((stage) => stage.inputs.filter(({ written }) => written === 'outside').map((input) => ({ stage, input })));
