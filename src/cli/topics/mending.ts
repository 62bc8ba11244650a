import type { Difference, TopicToCreate } from './plan-topics.ts';
import type { Disagreement } from './partition-counts.ts';

/** How Kafka's own tools reach the brokers, and what topics are called there. */
export interface Shell {
  readonly brokers: readonly string[];
  /** The brokers ask for TLS or credentials: the tools need a file with theirs. */
  readonly isSecured: boolean;
  toBroker(topic: string): string;
}

const reach = ({ brokers, isSecured }: Shell): string =>
  `--bootstrap-server ${brokers.join(',')}${isSecured ? ' --command-config client.properties' : ''}`;

/** The command that mends all differences of a topic's settings. */
export const alterCommand = (shell: Shell, topic: string, differences: readonly Difference[]): string =>
  `kafka-configs.sh ${reach(shell)} --alter --entity-type topics --entity-name ${shell.toBroker(topic)} --add-config ${differences
    .map(({ setting, should }) => `${setting}=${should}`)
    .join(',')}`;

/** The command that creates a topic as we would. */
export const createCommand = (shell: Shell, { name, partitions, replicas, configs, configsWhereKnown }: TopicToCreate): string => {
  const settings = Object.entries({ ...configs, ...configsWhereKnown }).map(([setting, value]) => ` --config ${setting}=${value}`);
  const factor = replicas === undefined ? '' : ` --replication-factor ${replicas}`;
  return `kafka-topics.sh ${reach(shell)} --create --topic ${shell.toBroker(name)} --partitions ${partitions}${factor}${settings.join('')}`;
};

/** The commands that give topics that disagree the number of the largest; partitions can't be taken away. */
export const partitionCommands = (shell: Shell, { there }: Disagreement): readonly string[] => {
  const most = Math.max(...there.map(({ partitions }) => partitions));
  return there
    .filter(({ partitions }) => partitions < most)
    .map(({ topic }) => `kafka-topics.sh ${reach(shell)} --alter --topic ${shell.toBroker(topic)} --partitions ${most}`);
};
