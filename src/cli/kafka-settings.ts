import { readFile } from 'node:fs/promises';
import type { Configuration, Credentials } from '../config.ts';
import { AmendsError } from '../happenings/errors.ts';
import type { KafkaSettings, Sasl, TopicNames } from '../log/kafka/settings.ts';
import type { Clock } from '../values/time.ts';
import { ourTopics } from './our-topics.ts';

/** The longest name of a topic that Kafka allows. */
const longestName = 249;

/**
 * What our topics are called at the brokers: each renamed one as AMENDS_TOPICS says, the others by AMENDS_TOPIC_PREFIX and
 * their name. `ours`: all there are. Throws AMENDS_CONFIGURATION: two of ours under one name, a name that none of ours has,
 * one that is too long.
 */
const topicNames = (
  { topicPrefix, topicsRenamed }: Pick<Configuration, 'topicPrefix' | 'topicsRenamed'>,
  ours: readonly string[],
): TopicNames => {
  const mistakes = [...topicsRenamed.keys()]
    .filter((name) => !ours.includes(name))
    .map((name) => `AMENDS_TOPICS: ${name} is no topic of Amends; docs/architecture.md lists all there are`);
  const toBroker = (topic: string): string => topicsRenamed.get(topic) ?? `${topicPrefix}${topic}`;
  const byTheirs = new Map<string, string>();
  for (const topic of ours) {
    const theirs = toBroker(topic);
    const other = byTheirs.get(theirs);
    if (other !== undefined) mistakes.push(`AMENDS_TOPICS: ${other} and ${topic} would both be ${theirs}`);
    if (theirs.length > longestName) mistakes.push(`AMENDS_TOPIC_PREFIX: ${theirs} has more than ${longestName} letters`);
    byTheirs.set(theirs, topic);
  }
  if (mistakes.length > 0) throw new AmendsError('AMENDS_CONFIGURATION', mistakes);
  const withoutPrefix = (name: string): string => (name.startsWith(topicPrefix) ? name.slice(topicPrefix.length) : name);
  return { toBroker, fromBroker: (name) => byTheirs.get(name) ?? withoutPrefix(name) };
};

const saslOf = (credentials: Credentials): Sasl => {
  if (credentials.mechanism !== 'oauthbearer') return { ...credentials, password: credentials.password() };
  const { mechanism, tokenFile } = credentials;
  const unreadable = (reason: string): AmendsError => new AmendsError('AMENDS_FILE_UNREADABLE', [`AMENDS_OAUTH_TOKEN_FILE: ${reason}`]);
  const token = async (): Promise<string> => {
    const text = await readFile(tokenFile, 'utf8').catch((error: unknown) => {
      throw unreadable(error instanceof Error ? error.message : String(error));
    });
    if (text.trim() === '') throw unreadable('it is empty');
    return text.trim();
  };
  return { mechanism, token };
};

/** What the Kafka log and its administration are made with. Throws AMENDS_CONFIGURATION where names of topics don't go together. */
export const kafkaSettings = (configuration: Configuration, clock: Clock): KafkaSettings => {
  const { brokers, application, tls, credentials, sessionTimeoutMs, transactionTimeoutMs } = configuration;
  const ours = ourTopics({ application, time: 'live', partitions: 1 }).map(({ name }) => name);
  return {
    brokers,
    clientId: application,
    clock,
    topicNames: topicNames(configuration, ours),
    idPrefix: configuration.topicPrefix,
    sessionTimeoutMs,
    transactionTimeoutMs,
    ...(tls && { tls: tls() }),
    ...(credentials && { sasl: saslOf(credentials) }),
  };
};
