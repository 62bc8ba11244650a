import type { TimeMode } from '../../engine/changelog.ts';
import type { Stage } from '../../engine/stage.ts';
import { changelogOf, deadLettersTopic, progressTopic, topicsNeeded } from '../../engine/topics.ts';
import type { Disagreement } from './partition-counts.ts';
import { partitionCounts, togetherIn } from './partition-counts.ts';
import type { Level, Role, Wanted } from './topic-settings.ts';
import { topicSettings } from './topic-settings.ts';

/** A topic as the brokers have it. */
export interface TopicThere {
  readonly partitions: number;
  /** How many copies the partition with the fewest has. */
  readonly replicas: number;
  /** Kafka's name of a setting -> its value, defaults included. */
  readonly configs: ReadonlyMap<string, string>;
}

export interface TopicToCreate {
  /** Our name. */
  readonly name: string;
  readonly partitions: number;
  /** As many as the brokers' default where absent. */
  readonly replicas?: number;
  readonly configs: Readonly<Record<string, string>>;
  /** Set only where the brokers know them. */
  readonly configsWhereKnown: Readonly<Record<string, string>>;
}

/** A setting of a topic that is there and won't do. */
export interface Difference {
  readonly topic: string;
  readonly setting: string;
  readonly is: string;
  readonly should: string;
  readonly level: Level;
  readonly why: string;
}

export interface TopicPlan {
  readonly create: readonly TopicToCreate[];
  /** Names of those that are there. */
  readonly there: readonly string[];
  readonly differences: readonly Difference[];
  readonly disagreeing: readonly Disagreement[];
  /** What the one who asked may not expect, a sentence each. */
  readonly notes: readonly string[];
}

/** As the engine: what a record brings besides its value. */
const allowanceBytes = 64 * 1024;

const roleOf = (name: string, application: string, stages: readonly Stage[]): Role => {
  if (name === progressTopic) return 'progress';
  if (name === deadLettersTopic) return 'letters';
  if (stages.some((stage) => changelogOf(application, stage.name) === name)) return 'changelog';
  if (name.startsWith('amends.')) return 'internal';
  return stages.some(({ inputs }) => inputs.some(({ topic }) => topic.name === name)) ? 'input' : 'output';
};

const differencesOf = (topic: string, wanted: readonly Wanted[], configs: ReadonlyMap<string, string>): readonly Difference[] =>
  wanted.flatMap(({ setting, value, suits, otherwise, why }) => {
    const is = configs.get(setting);
    return is === undefined || suits(is) ? [] : [{ topic, setting, is, should: value, level: otherwise, why }];
  });

const newTopic = (name: string, partitions: number, replicas: number | undefined, wanted: readonly Wanted[]): TopicToCreate => {
  const entries = (which: Wanted['sets']): Record<string, string> =>
    Object.fromEntries(wanted.filter(({ sets }) => sets === which).map(({ setting, value }) => [setting, value]));
  return {
    name,
    partitions,
    ...(replicas !== undefined && { replicas }),
    configs: entries(undefined),
    configsWhereKnown: entries('may'),
  };
};

/**
 * What has to be done so that the topics of `stages` are as they must be. `there`: those of them that exist, by our name;
 * `partitions`: of the new ones whose number nothing decides yet; `replicas`: of new ones; `defaultReplicas`: how many the
 * brokers give where that isn't told, if known.
 */
export const planTopics = (of: {
  readonly stages: readonly Stage[];
  readonly application: string;
  readonly time: TimeMode;
  readonly there: ReadonlyMap<string, TopicThere>;
  readonly partitions: number;
  readonly replicas?: number;
  readonly defaultReplicas?: number;
}): TopicPlan => {
  const { stages, application, time, there } = of;
  const groups = togetherIn(stages, application);
  const { counts, disagreeing } = partitionCounts(groups, there, of.partitions);
  const topics = topicsNeeded({ application, stages, partitions: of.partitions, time }).map((topic) => ({
    ...topic,
    role: roleOf(topic.name, application, stages),
  }));
  const bytesOf = ({ name, maxMessageBytes }: (typeof topics)[number]): number =>
    Number(there.get(name)?.configs.get('max.message.bytes') ?? maxMessageBytes);
  const largestInputBytes = Math.max(...topics.filter(({ role }) => role === 'input').map(bytesOf));
  const create: TopicToCreate[] = [];
  const differences: Difference[] = [];
  for (const { name, role, partitions, compacted: isCompacted, timestamps, maxMessageBytes } of topics) {
    const found = there.get(name);
    const replicas = found?.replicas ?? of.replicas ?? of.defaultReplicas;
    const takesInputs = role === 'letters' || role === 'changelog';
    const bytes = takesInputs ? largestInputBytes + allowanceBytes : maxMessageBytes;
    const wanted = topicSettings({ role, isCompacted, time, timestamps, bytes, replicas });
    if (found) differences.push(...differencesOf(name, wanted, found.configs));
    else create.push(newTopic(name, counts.get(name) ?? partitions, of.replicas, wanted));
  }
  const notes = groups.flatMap((group) => {
    const decides = group.topics.find((topic) => there.has(topic));
    const count = there.get(decides ?? '')?.partitions;
    const fresh = group.topics.filter((topic) => !there.has(topic));
    return count === undefined || count === of.partitions || fresh.length === 0 || disagreeing.some(({ topics: t }) => t === group.topics)
      ? []
      : [`${fresh.join(', ')}: ${count} partitions, because ${decides} has them`];
  });
  return { create, there: topics.filter(({ name }) => there.has(name)).map(({ name }) => name), differences, disagreeing, notes };
};
