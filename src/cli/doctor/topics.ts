import type { DescribedTopic } from '../../log/kafka/admin.ts';
import { disagreementInWords, mended } from '../topics/create-topics.ts';
import type { Shell } from '../topics/mending.ts';
import type { TopicPlan } from '../topics/plan-topics.ts';
import type { Finding } from './finding.ts';
import { ok, warning, wrong } from './finding.ts';

const missing = ({ create }: TopicPlan, shell: Shell, createVerb: string): readonly Finding[] =>
  create.length === 0
    ? []
    : [
        wrong(
          'topics',
          `${create.length} ${create.length === 1 ? 'is' : 'are'} missing: ${create.map(({ name }) => shell.toBroker(name)).join(', ')}.`,
          createVerb,
        ),
      ];

/** How a topic fares: what is wrong with it, or nothing. */
const ailing = (topic: DescribedTopic): Omit<Finding, 'about'> | undefined => {
  const least = Number(topic.configs.get('min.insync.replicas') ?? 1);
  const { partitions, replicas, inSync, leaderless } = topic;
  if (leaderless > 0)
    return { level: 'error', says: `${leaderless} of ${partitions} partitions have no leader.`, todo: ['Bring their brokers back.'] };
  if (least > replicas)
    return {
      level: 'error',
      says: `min.insync.replicas is ${least}, and there are ${replicas} copies: nothing can be written.`,
      todo: ['Lower it, or add copies.'],
    };
  if (inSync < least)
    return {
      level: 'error',
      says: `A partition has ${inSync} copies up to date and needs ${least}: nothing can be written to it.`,
      todo: ['Bring the brokers back.'],
    };
  return inSync < replicas
    ? { level: 'warning', says: `A partition has ${inSync} of ${replicas} copies up to date.`, todo: ['See which broker is behind.'] }
    : undefined;
};

/** What is wrong with topics, those with the same together: a broker that is gone is missed by all of them. */
const ailments = (topics: ReadonlyMap<string, DescribedTopic>, shell: Shell): readonly Finding[] => {
  const bySays = new Map<string, { readonly finding: Omit<Finding, 'about'>; readonly names: string[] }>();
  for (const [name, topic] of topics) {
    const finding = ailing(topic);
    if (!finding) continue;
    const same = bySays.get(finding.says);
    if (same) same.names.push(shell.toBroker(name));
    else bySays.set(finding.says, { finding, names: [shell.toBroker(name)] });
  }
  return [...bySays.values()].map(({ finding, names: [first = '', ...others] }) =>
    others.length === 0
      ? { ...finding, about: first }
      : {
          ...finding,
          about: `${others.length + 1} topics`,
          says: `${finding.says} So it is with ${[first, ...others].sort().join(', ')}.`,
        },
  );
};

/** A copy a topic is all there is, where there could be three. */
const copies = (topics: ReadonlyMap<string, DescribedTopic>, shell: Shell, brokers: number): readonly Finding[] => {
  const few = [...topics].filter(([, { replicas }]) => replicas < Math.min(3, brokers)).map(([name]) => shell.toBroker(name));
  return few.length === 0
    ? []
    : [
        warning(
          'copies',
          `On ${brokers} brokers, fewer than ${Math.min(3, brokers)} copies are kept of ${few.join(', ')}.`,
          'New topics: amends topics create --replication 3. Others: kafka-reassign-partitions.sh.',
        ),
      ];
};

/** What is wrong with the topics; `createVerb`: what one types to create what is missing. */
export const topicFindings = (of: {
  readonly plan: TopicPlan;
  readonly topics: ReadonlyMap<string, DescribedTopic>;
  readonly shell: Shell;
  readonly brokers: number;
  readonly createVerb: string;
}): readonly Finding[] => {
  const { plan, topics, shell, brokers } = of;
  const found = [
    ...missing(plan, shell, of.createVerb),
    ...plan.disagreeing.map((each) => {
      const { says, commands } = disagreementInWords(shell, each);
      return wrong('partitions', `${says}: one key's records don't meet in one task.`, ...commands);
    }),
    ...ailments(topics, shell),
    ...mended(shell, plan.differences).map(({ topic, differences, command }): Finding => {
      const says = differences.map(({ setting, is, why }) => `${setting}=${is}: ${why}`).join('; ');
      const level = differences.some((difference) => difference.level === 'error') ? 'error' : 'warning';
      return { level, about: shell.toBroker(topic), says: `${says}.`, todo: [command] };
    }),
    ...copies(topics, shell, brokers),
  ];
  return found.length > 0 ? found : [ok('topics', `All ${topics.size} are there, with the partitions and settings they need.`)];
};
