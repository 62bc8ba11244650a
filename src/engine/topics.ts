import { maxValueBytes } from '../formats/json.ts';
import type { TimeMode } from './changelog.ts';
import type { Stage } from './stage.ts';

export const progressTopic = 'amends.progress';
export const deadLettersTopic = 'amends.dead-letters';

/** The changelog of a stage: one partition a task. */
export const changelogOf = (application: string, stage: string): string => `${application}-${stage}-changelog`;

/** The transactional id of a task: whoever writes under it last, owns the task. */
export const transactionalIdOf = (application: string, stage: string, partition: number): string => `${application}-${stage}-${partition}`;

/** The most a record brings besides its value: key, headers, the errors' headers. */
const allowanceBytes = 64 * 1024;

/** Above the largest value that is read, so that what is too large can still be told from what never came. */
const largestInputBytes = 16 * maxValueBytes;

export interface TopicNeeded {
  readonly name: string;
  readonly partitions: number;
  readonly compacted: boolean;
  readonly timestamps: 'append' | 'create';
  readonly maxMessageBytes: number;
}

/**
 * Every topic that the stages read and write, for a first start on an empty log. Inputs and what is written for other
 * stages have `partitions`, broadcasts one. In `records` mode time is the records' own, but for progress.
 */
export const topicsNeeded = (of: {
  readonly application: string;
  readonly stages: readonly Stage[];
  readonly partitions: number;
  readonly time: TimeMode;
}): readonly TopicNeeded[] => {
  const timestamps = of.time === 'live' ? 'append' : 'create';
  const needed = new Map<string, TopicNeeded>();
  const add = (
    name: string,
    partitions: number,
    compacted: boolean,
    maxMessageBytes: number,
    time: 'append' | 'create' = timestamps,
  ): void => {
    if (!needed.has(name)) needed.set(name, { name, partitions, compacted, timestamps: time, maxMessageBytes });
  };
  for (const stage of of.stages)
    for (const { topic, whole } of stage.inputs) add(topic.name, whole ? 1 : of.partitions, topic.compacted, largestInputBytes);
  for (const stage of of.stages) {
    for (const topic of stage.outputs) add(topic.name, of.partitions, topic.compacted, largestInputBytes);
    add(changelogOf(of.application, stage.name), of.partitions, true, largestInputBytes + allowanceBytes);
  }
  add(progressTopic, 1, true, maxValueBytes, 'append');
  add(deadLettersTopic, of.partitions, false, largestInputBytes + allowanceBytes);
  return [...needed.values()];
};
