import type { TimeMode } from '../../engine/changelog.ts';
import { AmendsError } from '../../happenings/errors.ts';
import type { KafkaAdmin } from '../../log/kafka/admin.ts';
import { EndWith, exitCodes } from '../exit-codes.ts';
import { ourStages, ourTopics } from '../our-topics.ts';
import type { Terminal } from '../terminal.ts';
import { shellOf, withAdmin } from '../with-admin.ts';
import type { Shell } from './mending.ts';
import { alterCommand, createCommand, partitionCommands } from './mending.ts';
import type { Disagreement } from './partition-counts.ts';
import type { TopicPlan } from './plan-topics.ts';
import { planTopics } from './plan-topics.ts';

/** Which topics, and how new ones are made. */
export interface Asked {
  readonly application: string;
  readonly time: TimeMode;
  readonly partitions: number;
  readonly replication?: number;
}

/** How many copies the brokers give a topic by themselves; undefined where they don't tell us. */
const defaultReplicas = async (admin: KafkaAdmin): Promise<number | undefined> => {
  try {
    const told = (await admin.brokerConfigs()).get('default.replication.factor');
    return told === undefined ? undefined : Number(told);
  } catch (error) {
    // Not everybody may look at the brokers' settings; then what the topic itself says once it is there has to do.
    if (error instanceof AmendsError && error.code === 'AMENDS_BROKER_DENIED') return undefined;
    throw error;
  }
};

/** What has to be done on these brokers. Throws AMENDS_BROKER_UNREACHABLE, AMENDS_BROKER_DENIED. */
export const planOn = async (admin: KafkaAdmin, { application, time, partitions, replication }: Asked): Promise<TopicPlan> => {
  const there = await admin.describe(ourTopics({ application, time, partitions }).map(({ name }) => name));
  const byDefault = replication ?? (await defaultReplicas(admin));
  return planTopics({
    stages: ourStages(),
    application,
    time,
    there,
    partitions,
    ...(replication !== undefined && { replicas: replication }),
    ...(byDefault !== undefined && { defaultReplicas: byDefault }),
  });
};

/** The differences of each topic, with the command that mends them all. */
export const mended = (
  shell: Shell,
  differences: TopicPlan['differences'],
): readonly { readonly topic: string; readonly differences: TopicPlan['differences']; readonly command: string }[] =>
  [...new Set(differences.map(({ topic }) => topic))].map((topic) => {
    const own = differences.filter((difference) => difference.topic === topic);
    return { topic, differences: own, command: alterCommand(shell, topic, own) };
  });

/** What is wrong with topics that disagree, and the commands that make them agree, a line each. */
export const disagreementInWords = (
  shell: Shell,
  disagreement: Disagreement,
): { readonly says: string; readonly commands: readonly string[] } => ({
  says: `stage ${disagreement.stages.join(' and ')}: ${disagreement.there.map(({ topic, partitions }) => `${topic} has ${partitions}`).join(', ')} partitions`,
  commands: partitionCommands(shell, disagreement),
});

const refuseDisagreement = (shell: Shell, disagreeing: readonly Disagreement[]): void => {
  if (disagreeing.length === 0) return;
  const details = disagreeing.flatMap((each) => {
    const { says, commands } = disagreementInWords(shell, each);
    return [says, ...commands.map((command) => `  ${command}`)];
  });
  throw new AmendsError(
    'AMENDS_TOPIC_PARTITIONS',
    details,
    'run these commands before anything is read from the topics (keys move to other partitions), then this again; nothing was created',
  );
};

const inWords = (shell: Shell, plan: TopicPlan, isTrial: boolean): string => {
  const { create, there, differences, notes } = plan;
  const width = Math.max(0, ...create.map(({ name }) => shell.toBroker(name).length));
  const lines = isTrial
    ? create.map((topic) => createCommand(shell, topic))
    : [
        create.length === 0 ? 'Nothing to create.' : `Created ${create.length} ${create.length === 1 ? 'topic' : 'topics'}:`,
        ...create.map(
          ({ name, partitions }) => `  ${shell.toBroker(name).padEnd(width)}  ${partitions} partition${partitions === 1 ? '' : 's'}`,
        ),
        ...notes.map((note) => `  (${note})`),
        ...(there.length > 0 ? [`${there.length} ${there.length === 1 ? 'was' : 'were'} there already.`] : []),
      ];
  for (const { topic, differences: own, command } of mended(shell, differences)) {
    const prefix = isTrial ? '# ' : '';
    for (const { setting, is, level, why } of own) lines.push(`${prefix}${level}: ${shell.toBroker(topic)}: ${setting}=${is}: ${why}`);
    lines.push(isTrial ? command : `  ${command}`);
  }
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
};

const asData = (shell: Shell, plan: TopicPlan, isTrial: boolean): object => ({
  dryRun: isTrial,
  created: plan.create.map((topic) => ({
    topic: topic.name,
    name: shell.toBroker(topic.name),
    partitions: topic.partitions,
    configs: { ...topic.configs, ...topic.configsWhereKnown },
    command: createCommand(shell, topic),
  })),
  there: plan.there,
  notes: plan.notes,
  differ: mended(shell, plan.differences).map(({ topic, differences, command }) => ({
    topic,
    name: shell.toBroker(topic),
    command,
    settings: differences.map(({ setting, is, should, level, why }) => ({ setting, is, should, level, why })),
  })),
});

/**
 * Creates what is missing and says what has to be mended. Ends with `mistakes` where a topic that is there can't be worked
 * with. Throws AMENDS_TOPIC_PARTITIONS, AMENDS_BROKER_UNREACHABLE, AMENDS_BROKER_DENIED, AMENDS_BROKER_REFUSED.
 */
export const createTopics = async (
  of: Omit<Asked, 'application'> & { readonly dryRun?: true; readonly json?: true },
  terminal: Terminal,
): Promise<void> => {
  await withAdmin(terminal, async ({ admin, configuration: { application }, settings }) => {
    const shell = shellOf(settings);
    const isTrial = of.dryRun ?? false;
    const plan = await planOn(admin, { ...of, application });
    refuseDisagreement(shell, plan.disagreeing);
    await admin.create(plan.create, { isTrial });
    if (isTrial && plan.create.length === 0 && plan.differences.length === 0 && !of.json) terminal.error('Nothing to do.\n');
    terminal.out(of.json ? `${JSON.stringify(asData(shell, plan, isTrial))}\n` : inWords(shell, plan, isTrial));
    if (plan.differences.some(({ level }) => level === 'error')) throw new EndWith(exitCodes.mistakes);
  });
};
