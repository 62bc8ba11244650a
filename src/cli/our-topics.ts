import type { TimeMode } from '../engine/changelog.ts';
import type { Stage } from '../engine/stage.ts';
import type { TopicNeeded } from '../engine/topics.ts';
import { topicsNeeded } from '../engine/topics.ts';
import { detectorSettings, pipeline } from '../pipeline.ts';
import { readPolicy } from '../policy/read-policy.ts';

/** The stages for what they read and write alone: which topics there are doesn't hang on a policy, so an empty one does. */
export const ourStages = (): readonly Stage[] =>
  pipeline({ policy: readPolicy('version: none\nrules: []\n', 'none', detectorSettings), act: false });

/** Every topic of the pipeline, as the engine wants it. */
export const ourTopics = (of: {
  readonly application: string;
  readonly time: TimeMode;
  readonly partitions: number;
}): readonly TopicNeeded[] => topicsNeeded({ ...of, stages: ourStages() });
