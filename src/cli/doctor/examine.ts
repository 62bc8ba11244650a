import type { Configuration } from '../../config.ts';
import type { TimeMode } from '../../engine/changelog.ts';
import type { ClusterFacts, DescribedTopic } from '../../log/kafka/admin.ts';
import { KafkaAdmin } from '../../log/kafka/admin.ts';
import { KafkaLog } from '../../log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../../log/kafka/settings.ts';
import { realClock } from '../../values/clock.ts';
import { ourTopics } from '../our-topics.ts';
import { defaultPartitions } from '../topics.ts';
import { planOn } from '../topics/create-topics.ts';
import { shellOf } from '../with-admin.ts';
import { brokerLimits, namedBrokers, toldBrokers } from './brokers.ts';
import { clocks } from './clocks.ts';
import type { Finding } from './finding.ts';
import { ok, warning } from './finding.ts';
import { looking } from './looking.ts';
import { group, transactions } from './rights.ts';
import { policyAndSwitch } from './the-switch.ts';
import { topicFindings } from './topics.ts';

/** What is looked at, and as whom. */
export interface Examined {
  readonly settings: KafkaSettings;
  readonly configuration: Configuration;
  readonly time: TimeMode;
}

/** Several at once: one that doesn't answer keeps nobody waiting for all of them in turn. */
const together = async (looks: readonly Promise<readonly Finding[]>[]): Promise<readonly Finding[]> => (await Promise.all(looks)).flat();

const onLog = async ({ settings, configuration }: Examined): Promise<readonly Finding[]> => {
  const { application, topicPrefix: idPrefix, policyFile } = configuration;
  const log = new KafkaLog(settings);
  try {
    return await together([
      looking('transactions', (signal) => transactions(log, { application, idPrefix }, signal)),
      looking('clocks', () => clocks(log, realClock)),
      looking('switch', () => policyAndSwitch(log, realClock, policyFile)),
    ]);
  } finally {
    await log.close();
  }
};

const onTopics = async (
  admin: KafkaAdmin,
  { settings, configuration: { application }, time }: Examined,
  { brokers }: ClusterFacts,
): Promise<{ readonly findings: readonly Finding[]; readonly topics: ReadonlyMap<string, DescribedTopic> }> => {
  let topics: ReadonlyMap<string, DescribedTopic> = new Map();
  const findings = await looking('topics', async () => {
    const plan = await planOn(admin, { application, time, partitions: defaultPartitions });
    topics = await admin.describe(ourTopics({ application, time, partitions: 1 }).map(({ name }) => name));
    const createVerb = `amends topics create${time === 'records' ? ' --time records' : ''}`;
    return topicFindings({ plan, topics, shell: shellOf(settings), brokers: brokers.length, createVerb });
  });
  return { findings, topics };
};

const onCluster = async (admin: KafkaAdmin, examined: Examined, named: readonly Finding[]): Promise<readonly Finding[]> => {
  const { settings, configuration } = examined;
  const cluster = await admin.cluster();
  const count = cluster.brokers.length;
  const [brokers, topics] = await Promise.all([
    together([
      toldBrokers(settings, cluster, named),
      Promise.resolve([ok('cluster', `${count} ${count === 1 ? 'broker' : 'brokers'}; its id is ${cluster.id ?? 'not told'}.`)]),
      looking('limits of the brokers', () => brokerLimits(admin, settings)),
      looking('group', () => group(admin, `${configuration.topicPrefix}${configuration.application}`)),
    ]),
    onTopics(admin, examined, cluster),
  ]);
  const isThere = topics.topics.has('amends.progress') && topics.topics.has('amends.controls');
  const rest = isThere
    ? await onLog(examined)
    : [
        warning(
          'transactions, clocks, switch',
          'Not looked at: their topics are missing, or may not be seen.',
          'Run the doctor again once they are there.',
        ),
      ];
  return [...brokers, ...topics.findings, ...rest];
};

/** Everything that there is to look at; nothing is thrown that a finding can say. */
export const examine = async (examined: Examined): Promise<readonly Finding[]> => {
  const { settings, configuration } = examined;
  const unwise = configuration.warnings.map((says) =>
    warning('settings', `${says}.`, 'Set AMENDS_TLS=true, with a listener that takes it.'),
  );
  const named = await namedBrokers(settings);
  if (named.every(({ level }) => level === 'error')) return [...unwise, ...named];
  let admin: KafkaAdmin | undefined;
  const unopened = await looking('cluster', async () => {
    admin = await KafkaAdmin.open(settings);
    return [];
  });
  if (admin === undefined) return [...unwise, ...named, ...unopened];
  try {
    return [...unwise, ...(await onCluster(admin, examined, named))];
  } finally {
    admin.close();
  }
};
