import { AmendsError } from '../../happenings/errors.ts';
import type { Partition, TopicDescription } from '../../engine/log.ts';
import { partitionName } from '../../values/record.ts';
import { Refused } from '../shared/refused.ts';
import { addressOf } from './address-of.ts';
import type { Api } from './codec/api.ts';
import { findCoordinatorApi } from './codec/apis/find-coordinator.ts';
import { metadataApi } from './codec/apis/metadata.ts';
import { ConnectionLost } from './connection-lost.ts';
import type { KafkajsProtocol } from './connections.ts';
import { Connection } from './connections.ts';
import { RefusedByBroker, refusedFor } from './refused-for.ts';
import type { Address, KafkaSettings } from './settings.ts';

/**
 * A broker answers a connection's requests one at a time, so what may have to wait (a long poll, a join, a produce until
 * its replicas have it) has connections of its own.
 */
export type Lane = 'data' | 'group' | 'fetch-busy' | 'fetch-idle' | `write-${number}`;

interface Topic extends TopicDescription {
  /** The node that leads each partition; -1 while none does. */
  readonly leaders: readonly number[];
}

type Lookup = Map<string, Topic | Error>;

/** The brokers as one process knows them: who leads what, who coordinates what, and connections to them. */
export class Cluster {
  readonly #settings: KafkaSettings;
  readonly #bootstrap: readonly Address[];
  #nodes = new Map<number, Address>();
  readonly #connections = new Map<string, Promise<Connection>>();
  readonly #topics = new Map<string, Topic>();
  readonly #ids = new Map<string, string>();
  readonly #coordinators = new Map<string, number>();
  #wanted: { readonly topics: Set<string>; readonly found: Promise<Lookup> } | undefined;
  #turn = 0;
  #isClosed = false;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
    this.#bootstrap = settings.brokers.map(addressOf);
  }

  /** Asks the brokers, whatever is known. Throws AMENDS_TOPIC_MISSING, AMENDS_BROKER_DENIED, ConnectionLost. */
  async describe(topic: string): Promise<TopicDescription> {
    const { id, partitions } = await this.#lookUp(topic);
    return { id, partitions };
  }

  /** The id that a topic had when it was last asked for. */
  lastIdOf(topic: string): string | undefined {
    return this.#ids.get(topic);
  }

  /** The node that leads a partition, as far as known. Throws AMENDS_TOPIC_MISSING, Refused while nobody leads it. */
  async leaderOf({ topic, partition }: Partition): Promise<number> {
    const { leaders } = this.#topics.get(topic) ?? (await this.#lookUp(topic));
    const leader = leaders[partition];
    if (leader === undefined) throw new AmendsError('AMENDS_TOPIC_MISSING', [partitionName({ topic, partition })]);
    if (leader < 0 || !this.#nodes.has(leader)) {
      this.forget(topic);
      throw new RefusedByBroker('transient', `${partitionName({ topic, partition })} has no leader now`, 'refresh');
    }
    return leader;
  }

  /** The node that leads a partition, if that is known now. */
  leaderNow({ topic, partition }: Partition): number | undefined {
    const leader = this.#topics.get(topic)?.leaders[partition];
    return leader !== undefined && leader >= 0 && this.#nodes.has(leader) ? leader : undefined;
  }

  /** What is known of a topic may be old: it is asked for anew. */
  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  /** The leaders of a node that doesn't answer may have moved. */
  forgetNode(node: number): void {
    for (const [name, { leaders }] of this.#topics) if (leaders.includes(node)) this.#topics.delete(name);
  }

  /** The node that coordinates a group or a transactional id. Throws Refused, ConnectionLost. */
  async coordinatorOf(of: 'group' | 'transaction', key: string): Promise<number> {
    const known = this.#coordinators.get(`${of} ${key}`);
    if (known !== undefined) return known;
    const { errorCode, nodeId, host, port } = await this.#askAnyone(findCoordinatorApi, { key, of });
    if (errorCode !== 0) throw refusedFor(errorCode, `the coordinator of ${key}`);
    this.#nodes.set(nodeId, { host, port });
    this.#coordinators.set(`${of} ${key}`, nodeId);
    return nodeId;
  }

  forgetCoordinator(of: 'group' | 'transaction', key: string): void {
    this.#coordinators.delete(`${of} ${key}`);
  }

  /** Throws ConnectionLost, AMENDS_BROKER_DENIED. */
  async send<Asked, Answered extends { readonly throttleMs: number }>(
    node: number,
    lane: Lane,
    api: Api<Asked, Answered>,
    asked: Asked,
    timeoutMs: number | null = null,
  ): Promise<Answered> {
    const connection = await this.#connect(this.#addressOf(node), lane);
    return connection.send(api, asked, timeoutMs);
  }

  /** As `send`, for what kafkajs writes. Throws its error with `type` where the broker refuses. */
  async sendProtocol(node: number, lane: Lane, protocol: KafkajsProtocol, timeoutMs: number | null = null): Promise<unknown> {
    const connection = await this.#connect(this.#addressOf(node), lane);
    return connection.sendProtocol(protocol, timeoutMs);
  }

  /** Closes every connection: what waits for an answer is rejected. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections.values())
      connection.then(
        (open) => open.close('the log is closed'),
        () => {},
      );
    this.#connections.clear();
  }

  #addressOf(node: number): Address {
    const address = this.#nodes.get(node);
    // It has gone, and the others name it no more: who depends on it looks for another.
    if (!address) throw new RefusedByBroker('transient', `broker ${node} is not known now`, 'refresh');
    return address;
  }

  /** One opening a connection, which everyone awaits; a connection that failed is never used again. */
  async #connect(address: Address, lane: Lane): Promise<Connection> {
    const name = `${address.host}:${address.port} ${lane}`;
    for (;;) {
      if (this.#isClosed) throw new Refused('transient', 'the log is closed');
      const known = this.#connections.get(name);
      const opening = known ?? Connection.open(this.#settings, address);
      if (!known) this.#connections.set(name, opening);
      try {
        const connection = await opening;
        if (this.#isClosed) connection.close('the log is closed');
        else if (connection.isFresh(this.#settings)) return connection;
        // Who opened it opens no other at once: that could go on for ever.
        else if (!known) throw new ConnectionLost(`${name}: it was closed as soon as it was open`);
        else connection.retire();
      } catch (error) {
        this.#drop(name, opening);
        throw error;
      }
      this.#drop(name, opening);
    }
  }

  #drop(name: string, opening: Promise<Connection>): void {
    if (this.#connections.get(name) === opening) this.#connections.delete(name);
  }

  /** Of several that ask at once, one request: those who come while it is under way share the next one. */
  async #lookUp(topic: string): Promise<Topic> {
    let wanted = this.#wanted;
    if (!wanted) {
      const topics = new Set<string>();
      wanted = { topics, found: Promise.resolve().then(() => this.#fetchMetadata(topics)) };
      this.#wanted = wanted;
    }
    wanted.topics.add(topic);
    const found = (await wanted.found).get(topic);
    if (!found) throw new Refused('transient', `no metadata of ${topic}`);
    if (found instanceof Error) throw found;
    return found;
  }

  async #fetchMetadata(topics: Set<string>): Promise<Lookup> {
    this.#wanted = undefined;
    const answer = await this.#askAnyone(metadataApi, { topics: [...topics] });
    if (answer.brokers.length > 0) this.#nodes = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    const found: Lookup = new Map();
    for (const { errorCode, name, topicId, partitions } of answer.topics) {
      if (errorCode !== 0) {
        this.#topics.delete(name);
        found.set(name, refusedFor(errorCode, name));
        continue;
      }
      const leaders: number[] = Array.from({ length: partitions.length }, () => -1);
      for (const { partition, leaderId } of partitions) leaders[partition] = leaderId;
      const topic: Topic = { id: topicId, partitions: partitions.length, leaders };
      this.#topics.set(name, topic);
      this.#ids.set(name, topicId);
      found.set(name, topic);
    }
    return found;
  }

  /** The first broker that answers: those that are known in turn, then those that the settings name. */
  async #askAnyone<Asked, Answered extends { readonly throttleMs: number }>(api: Api<Asked, Answered>, asked: Asked): Promise<Answered> {
    const known = [...this.#nodes.values()];
    this.#turn += 1;
    const candidates = [...known.slice(this.#turn % Math.max(1, known.length)), ...known, ...this.#bootstrap];
    const tried = new Set<string>();
    let failure: unknown = new Refused('transient', 'no broker is known');
    for (const address of candidates) {
      const name = `${address.host}:${address.port}`;
      if (tried.has(name)) continue;
      tried.add(name);
      try {
        const connection = await this.#connect(address, 'data');
        return await connection.send(api, asked);
      } catch (error) {
        failure = error;
        // Whom one broker turns away, the others would too.
        if (error instanceof AmendsError) throw error;
      }
    }
    throw failure;
  }
}
