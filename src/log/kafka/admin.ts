import { AmendsError } from '../../happenings/errors.ts';
import { secondMs } from '../../values/time.ts';
import { addressOf } from './address-of.ts';
import { createTopicsApi } from './codec/apis/create-topics.ts';
import { describeConfigsApi } from './codec/apis/describe-configs.ts';
import { describeGroupsApi } from './codec/apis/describe-groups.ts';
import { findCoordinatorApi } from './codec/apis/find-coordinator.ts';
import type { BrokerMetadata, MetadataAnswer, TopicMetadata } from './codec/apis/metadata.ts';
import { metadataApi } from './codec/apis/metadata.ts';
import { errorOf } from './codec/error-codes.ts';
import type { Versions } from './connections.ts';
import { Connection } from './connections.ts';
import type { Address, KafkaSettings } from './settings.ts';

/** A topic as the brokers have it. */
export interface DescribedTopic {
  readonly partitions: number;
  /** How many copies the partition with the fewest has, and how many of those are up to date where that is fewest. */
  readonly replicas: number;
  readonly inSync: number;
  /** Partitions that nobody leads now: nothing can be read from or written to them. */
  readonly leaderless: number;
  /** Kafka's name of a setting -> its value, defaults included. */
  readonly configs: ReadonlyMap<string, string>;
}

export interface NewTopic {
  /** Our name. */
  readonly name: string;
  readonly partitions: number;
  /** As many as the brokers' default where absent. */
  readonly replicas?: number;
  readonly configs: Readonly<Record<string, string>>;
  /** Set only where the brokers know them. */
  readonly configsWhereKnown?: Readonly<Record<string, string>>;
}

export interface ClusterFacts {
  readonly id: string | null;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
}

/** How long somebody who typed a verb waits for an answer. */
const patienceMs = 15 * secondMs;
const pauseMs = 100;
const alreadyThere = 'TOPIC_ALREADY_EXISTS';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What `work` gives, or AMENDS_BROKER_UNREACHABLE once nobody would wait any longer, or when no answer can come. */
const inTime = async <T>({ clock }: KafkaSettings, what: string, work: Promise<T>): Promise<T> => {
  const done = new AbortController();
  const late = clock.wait(patienceMs, done.signal).then(() => {
    throw new AmendsError('AMENDS_BROKER_UNREACHABLE', [`${what}: no answer within ${patienceMs / secondMs} s`]);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof AmendsError || error instanceof TypeError) throw error;
    throw new AmendsError('AMENDS_BROKER_UNREACHABLE', [`${what}: ${reasonOf(error)}`]);
  } finally {
    done.abort();
  }
};

/** As `inTime`, for a connection: one that opens too late is closed again. */
const openInTime = async (settings: KafkaSettings, what: string, opening: Promise<Connection>): Promise<Connection> => {
  try {
    return await inTime(settings, what, opening);
  } catch (error) {
    opening.then(
      (late) => late.close('nobody waits any longer'),
      () => {},
    );
    throw error;
  }
};

/**
 * Connects to one broker, proves who we are, and gives the versions of each request that it takes, by API key. Throws
 * AMENDS_BROKER_UNREACHABLE, AMENDS_BROKER_DENIED.
 */
export const probe = async (settings: KafkaSettings, address: Address): Promise<Versions> => {
  const connection = await openInTime(settings, `${address.host}:${address.port}`, Connection.open(settings, address));
  connection.close('it was only tried');
  return connection.versions;
};

/** The first broker of the settings that opens. Throws what came of each, where none does. */
const openAny = async (settings: KafkaSettings): Promise<Connection> => {
  const tries = settings.brokers.map((broker) => Connection.open(settings, addressOf(broker)));
  try {
    const first = await Promise.any(tries);
    for (const each of tries)
      each.then(
        (other) => other === first || other.close('another was faster'),
        () => {},
      );
    return first;
  } catch (error) {
    const reasons = error instanceof AggregateError ? error.errors : [error];
    const denied = reasons.find((reason) => reason instanceof AmendsError);
    const details = reasons.flatMap((reason) => (reason instanceof AmendsError ? reason.details : [reasonOf(reason)]));
    throw new AmendsError(denied?.code ?? 'AMENDS_BROKER_UNREACHABLE', details);
  }
};

interface Refusal {
  readonly what: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Throws what the brokers refused, all of it: AMENDS_BROKER_DENIED where it is a matter of rights, else AMENDS_BROKER_REFUSED. */
const throwIfRefused = (refusals: readonly Refusal[]): void => {
  if (refusals.length === 0) return;
  const named = refusals.map(({ what, errorCode, errorMessage }) => ({ what, name: errorOf(errorCode).name, errorMessage }));
  const isDenied = named.some(({ name }) => /AUTHORIZATION|SASL/.test(name));
  throw new AmendsError(
    isDenied ? 'AMENDS_BROKER_DENIED' : 'AMENDS_BROKER_REFUSED',
    named.map(({ what, name, errorMessage }) => `${what}: ${name}${errorMessage ? ` (${errorMessage})` : ''}`),
  );
};

/** An older Kafka than the one that brought a setting. */
const isUnknownSetting = ({ errorCode, errorMessage }: Refusal): boolean =>
  errorOf(errorCode).name === 'INVALID_CONFIG' && /unknown topic config/i.test(errorMessage ?? '');

/**
 * Topics and brokers, looked at and (topics only) created, with our names for topics. Not kafkajs's own administration: it
 * asks for the metadata of every topic of the cluster before each request and fails when any of them has a partition in
 * trouble, which is when one wants to look; and it drops the broker's reasons. Each request is given up after 15 s. All
 * throw AMENDS_BROKER_UNREACHABLE, AMENDS_BROKER_DENIED, AMENDS_BROKER_REFUSED.
 */
export class KafkaAdmin {
  readonly #settings: KafkaSettings;
  readonly #any: Connection;
  readonly #byNode = new Map<number, Promise<Connection>>();

  private constructor(settings: KafkaSettings, any: Connection) {
    this.#settings = settings;
    this.#any = any;
  }

  static async open(settings: KafkaSettings): Promise<KafkaAdmin> {
    return new KafkaAdmin(settings, await openInTime(settings, settings.brokers.join(', '), openAny(settings)));
  }

  async cluster(): Promise<ClusterFacts> {
    const { clusterId, brokers } = await this.#metadata([]);
    return { id: clusterId, brokers: brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })) };
  }

  /** Those of the topics that are there, by our name. */
  async describe(topics: readonly string[]): Promise<ReadonlyMap<string, DescribedTopic>> {
    const found = (await this.#found(topics)).filter(({ partitions }) => partitions.length > 0);
    if (found.length === 0) return new Map();
    const asked = { of: 'topic', names: found.map(({ name }) => name) } as const;
    const { resources } = await inTime(this.#settings, 'settings of topics', this.#any.send(describeConfigsApi, asked));
    throwIfRefused(
      resources.filter(({ errorCode }) => errorCode !== 0).map((each) => ({ ...each, what: `reading the settings of ${each.name}` })),
    );
    const configs = new Map(resources.map((resource) => [resource.name, resource.configs]));
    return new Map(
      found.map(({ name, partitions }) => [
        this.#ours(name),
        {
          partitions: partitions.length,
          replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
          inSync: Math.min(...partitions.map(({ isr }) => isr.length)),
          leaderless: partitions.filter(({ leaderId }) => leaderId < 0).length,
          configs: configs.get(name) ?? new Map<string, string>(),
        },
      ]),
    );
  }

  /** The settings of one broker, which its like are taken to share. */
  async brokerConfigs(): Promise<ReadonlyMap<string, string>> {
    const { controllerId } = await this.#metadata([]);
    const controller = await this.#node(controllerId);
    const asked = { of: 'broker', names: [String(controllerId)] } as const;
    const { resources } = await inTime(this.#settings, 'settings of brokers', controller.send(describeConfigsApi, asked));
    throwIfRefused(
      resources.filter(({ errorCode }) => errorCode !== 0).map((each) => ({ ...each, what: "reading the brokers' settings" })),
    );
    return resources[0]?.configs ?? new Map();
  }

  /** How a consumer group stands: its state as Kafka names it, and how many processes are in it. */
  async group(name: string): Promise<{ readonly state: string; readonly members: number }> {
    const what = `looking at the group ${name}`;
    const coordinator = await inTime(this.#settings, what, this.#any.send(findCoordinatorApi, { key: name, of: 'group' }));
    if (coordinator.errorCode !== 0) throwIfRefused([{ what, ...coordinator }]);
    const node = await this.#node(coordinator.nodeId, coordinator);
    const { groups } = await inTime(this.#settings, what, node.send(describeGroupsApi, { groups: [name] }));
    const [group] = groups;
    if (group === undefined || group.errorCode !== 0) throwIfRefused([{ what, errorCode: group?.errorCode ?? -1, errorMessage: null }]);
    return { state: group?.state ?? 'Dead', members: group?.members ?? 0 };
  }

  /**
   * Creates the topics and waits until they can be used; those that somebody else has just created are left as they are.
   * With `isTrial` the brokers only say whether they would. What is refused does not keep the others from being created.
   */
  async create(topics: readonly NewTopic[], { isTrial = false }: { readonly isTrial?: boolean } = {}): Promise<void> {
    if (topics.length === 0) return;
    const refused = await this.#create(topics, isTrial);
    const older = topics.filter(({ name }) => refused.some((each) => each.name === name && isUnknownSetting(each)));
    const left = refused.filter(({ name }) => !older.some((topic) => topic.name === name));
    const again =
      older.length === 0
        ? []
        : await this.#create(
            older.map(({ configsWhereKnown: _, ...topic }) => topic),
            isTrial,
          );
    throwIfRefused([...left, ...again]);
    if (!isTrial) await inTime(this.#settings, 'waiting for the new topics', this.#untilLed(topics.map(({ name }) => name)));
  }

  close(): void {
    this.#any.close('closed');
    for (const node of this.#byNode.values())
      node.then(
        (open) => open.close('closed'),
        () => {},
      );
  }

  async #create(topics: readonly NewTopic[], isTrial: boolean): Promise<readonly (Refusal & { readonly name: string })[]> {
    const { controllerId } = await this.#metadata([]);
    const controller = await this.#node(controllerId);
    const asked = {
      timeoutMs: patienceMs,
      isTrial,
      topics: topics.map(({ name, partitions, replicas, configs, configsWhereKnown }) => ({
        name: this.#theirs(name),
        partitions,
        replicas: replicas ?? null,
        configs: { ...configs, ...configsWhereKnown },
      })),
    };
    const answer = await inTime(this.#settings, 'creating topics', controller.send(createTopicsApi, asked, patienceMs));
    return answer.topics
      .filter(({ errorCode }) => errorCode !== 0 && errorOf(errorCode).name !== alreadyThere)
      .map(({ name, ...error }) => ({ ...error, name: this.#ours(name), what: `creating ${name}` }));
  }

  async #untilLed(topics: readonly string[]): Promise<void> {
    for (;;) {
      const found = await this.#found(topics);
      if (found.length === topics.length && found.every(isLed)) return;
      await this.#settings.clock.wait(pauseMs);
    }
  }

  /** What is told of those of the topics that are there. A topic made a moment ago may have no leader yet. */
  async #found(topics: readonly string[]): Promise<readonly TopicMetadata[]> {
    if (topics.length === 0) return [];
    const answer = await this.#metadata(topics.map((topic) => this.#theirs(topic)));
    const there = answer.topics.filter(({ errorCode }) => errorOf(errorCode).kind !== 'missing');
    const refused = there.filter(({ errorCode }) => errorOf(errorCode).kind === 'permanent');
    throwIfRefused(
      [...new Set(refused.map(({ errorCode }) => errorCode))].map((errorCode) => {
        const names = refused.filter((each) => each.errorCode === errorCode).map(({ name }) => name);
        return { what: `looking at ${names.sort().join(', ')}`, errorCode, errorMessage: null };
      }),
    );
    return there;
  }

  async #metadata(topics: readonly string[]): Promise<MetadataAnswer> {
    return inTime(this.#settings, 'looking at the cluster', this.#any.send(metadataApi, { topics }));
  }

  async #node(nodeId: number, address?: Address): Promise<Connection> {
    let node = this.#byNode.get(nodeId);
    if (!node) {
      node = this.#open(nodeId, address);
      this.#byNode.set(nodeId, node);
    }
    return node;
  }

  async #open(nodeId: number, told?: Address): Promise<Connection> {
    const isIt = (broker: BrokerMetadata): boolean => broker.nodeId === nodeId;
    const address = told ?? (await this.#metadata([])).brokers.find(isIt);
    if (!address) throw new AmendsError('AMENDS_BROKER_UNREACHABLE', [`broker ${nodeId}: no other broker knows where it is`]);
    const { host, port } = address;
    return openInTime(
      this.#settings,
      `broker ${nodeId}, by its own account at ${host}:${port}`,
      Connection.open(this.#settings, { host, port }),
    );
  }

  #theirs(topic: string): string {
    return this.#settings.topicNames?.toBroker(topic) ?? topic;
  }

  #ours(name: string): string {
    return this.#settings.topicNames?.fromBroker(name) ?? name;
  }
}

const isLed = ({ errorCode, partitions }: TopicMetadata): boolean =>
  errorCode === 0 && partitions.length > 0 && partitions.every(({ leaderId }) => leaderId >= 0);
