import { AmendsError } from '../../happenings/errors.ts';
import type { ClusterFacts, KafkaAdmin } from '../../log/kafka/admin.ts';
import { addressOf } from '../../log/kafka/address-of.ts';
import { probe } from '../../log/kafka/admin.ts';
import type { Address, KafkaSettings } from '../../log/kafka/settings.ts';
import { versionsMissing } from '../../log/kafka/versions-needed.ts';
import type { Finding } from './finding.ts';
import { ok, warning, wrong } from './finding.ts';

const nameOf = ({ host, port }: Address): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** The reason alone: whom it is about stands before it. */
const reasonAlone = (details: readonly string[], address: Address): string =>
  details
    .join('; ')
    .replaceAll(`${nameOf(address)}: `, '')
    .replaceAll(`${address.host}:${address.port}: `, '')
    .replaceAll(/no answer: |Connection error: /g, '');

const certificateTodo = 'Check AMENDS_TLS_CA_FILE, and that AMENDS_BROKERS names the broker as its certificate does.';

const examine = async (settings: KafkaSettings, address: Address, todo: string): Promise<Finding> => {
  const about = nameOf(address);
  try {
    const missing = versionsMissing(await probe(settings, address));
    return missing.length === 0
      ? ok(about, 'It answers, knows us, and speaks every version of the protocol that is needed.')
      : wrong(about, `It doesn't take ${missing.join(', ')}.`, 'Run Apache Kafka 3.1 or newer.');
  } catch (error) {
    if (!(error instanceof AmendsError)) throw error;
    const reason = reasonAlone(error.details, address);
    return error.code === 'AMENDS_BROKER_DENIED'
      ? wrong(about, `It refuses us: ${reason}`, 'Check AMENDS_SASL_... and AMENDS_TLS_... (docs/configuration.md).')
      : wrong(about, `It can't be reached: ${reason}`, reason.includes('certificate') ? certificateTodo : todo);
  }
};

/** Each broker that the settings name. */
export const namedBrokers = (settings: KafkaSettings): Promise<readonly Finding[]> =>
  Promise.all(
    settings.brokers.map((broker) =>
      examine(settings, addressOf(broker), 'Check AMENDS_BROKERS, the network, and that AMENDS_TLS is as the listener is.'),
    ),
  );

/**
 * Each broker that these tell of: the work is done with those. One that only the settings name may be away: it is among
 * `named`, and what is wrong with it a warning.
 */
export const toldBrokers = async (
  settings: KafkaSettings,
  { brokers }: ClusterFacts,
  named: readonly Finding[],
): Promise<readonly Finding[]> => {
  const told = new Set(brokers.map(nameOf));
  const todo = 'It is the others that give this address: mend its advertised.listeners, or the names that this machine can resolve.';
  const others = brokers.filter((broker) => !named.some(({ about }) => about === nameOf(broker)));
  return [
    ...named.map((finding): Finding =>
      finding.level === 'error' && !told.has(finding.about) ? { ...finding, level: 'warning' } : finding,
    ),
    ...(await Promise.all(others.map(({ host, port }) => examine(settings, { host, port }, todo)))),
  ];
};

const span = (least: number | undefined, most: number | undefined): string =>
  least === undefined ? `at most ${most}` : most === undefined ? `at least ${least}` : `${least} to ${most}`;

const between = (
  about: string,
  setting: string,
  givenMs: number,
  least: number | undefined,
  most: number | undefined,
): readonly Finding[] =>
  (least !== undefined && givenMs < least) || (most !== undefined && givenMs > most)
    ? [
        wrong(
          about,
          `${setting} is ${givenMs} ms; the brokers take ${span(least, most)} ms.`,
          `Change ${setting}, or the brokers' setting.`,
        ),
      ]
    : [];

/** Whether the brokers take the times that we will ask them for; where they don't let us look, that. */
export const brokerLimits = async (admin: KafkaAdmin, settings: KafkaSettings): Promise<readonly Finding[]> => {
  const about = 'limits of the brokers';
  try {
    const configs = await admin.brokerConfigs();
    const number = (name: string): number | undefined => {
      const value = configs.get(name);
      return value === undefined ? undefined : Number(value);
    };
    const { sessionTimeoutMs = 0, transactionTimeoutMs = 0 } = settings;
    const found = [
      ...between(
        about,
        'AMENDS_SESSION_TIMEOUT',
        sessionTimeoutMs,
        number('group.min.session.timeout.ms'),
        number('group.max.session.timeout.ms'),
      ),
      ...between(about, 'AMENDS_TRANSACTION_TIMEOUT', transactionTimeoutMs, undefined, number('transaction.max.timeout.ms')),
    ];
    return found.length > 0 ? found : [ok(about, 'They take our timeouts of sessions and transactions.')];
  } catch (error) {
    if (!(error instanceof AmendsError)) throw error;
    return [
      warning(
        about,
        `They don't show us their settings: ${error.details.join('; ')}`,
        'Allow DescribeConfigs on the cluster, or check them by hand.',
      ),
    ];
  }
};
