import type { Log, Membership, Position, TaskId } from '../../engine/log.ts';
import { taskName } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import type { Clock, Instant } from '../../values/time.ts';
import { after } from '../../values/time.ts';
import type { Client } from '../shared/client.ts';
import { loseWithin } from '../shared/lose-within.ts';
import type { Cluster } from './cluster.ts';
import { ConnectionLost } from './connection-lost.ts';
import { groupRequest } from './connections.ts';
import type { Claim, Given } from './group-protocol.ts';
import { decodeClaim, decodeGiven, encodeClaim, encodeGiven, share } from './group-protocol.ts';
import { patiently } from './patiently.ts';
import { RefusedByBroker } from './refused-for.ts';
import type { TopicNames } from './settings.ts';

type Listener = Parameters<Log['join']>[2];

interface Joining {
  readonly client: Client;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly names: TopicNames;
  readonly group: string;
  readonly tasks: readonly TaskId[];
  readonly on: Listener;
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** The name under which our processes find that they share tasks in the same way. */
const protocolName = 'amends';
/** A group learns of a change at its members' heartbeats, so they come more often than keeping a session needs. */
const heartbeatsASession = 10;
const retryMs = 100;

/** The broker's answers after which one joins again. */
const isThrownOut = (type: string | undefined): boolean =>
  type === 'UNKNOWN_MEMBER_ID' || type === 'ILLEGAL_GENERATION' || type === 'FENCED_INSTANCE_ID';
/** The coordinator moves, or is just starting: it is looked for again. */
const isMoving = (error: unknown): boolean => {
  const type = typeOf(error);
  return (
    type === 'NOT_COORDINATOR_FOR_GROUP' ||
    type === 'GROUP_COORDINATOR_NOT_AVAILABLE' ||
    type === 'GROUP_LOAD_IN_PROGRESS' ||
    (error instanceof RefusedByBroker && error.refusal === 'transient')
  );
};

const typeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : undefined;

/**
 * A process in a group. It tells by heartbeats that it lives; where the group changes it joins again holding its tasks, and
 * only then loses what is to move, joins once more without it, and starts what is new.
 */
export class KafkaMembership implements Membership {
  readonly #of: Joining;
  readonly #held = new Map<string, TaskId>();
  /** Being lost: still held until that is done. */
  readonly #losing = new Map<string, TaskId>();
  readonly #tasks: ReadonlyMap<string, TaskId>;
  readonly #left = new AbortController();
  #given: Given = { ours: [], losing: [] };
  #member = '';
  #generation = -1;
  /** One request of the group protocol at a time: each depends on what the last one said. */
  #last: Promise<unknown> = Promise.resolve();
  /** The group is to share anew: something was given up. */
  #unheard: { readonly since: Instant; readonly why: string } | undefined;
  #mustJoin = false;
  #pause = new AbortController();

  private constructor(of: Joining) {
    this.#of = of;
    this.#tasks = new Map(of.tasks.map((task) => [taskName(task), task]));
  }

  /** Joins; what could be given at once is assigned when this resolves. Rejects when the join is refused or gets no answer. */
  static async join(of: Joining): Promise<KafkaMembership> {
    const membership = new KafkaMembership(of);
    await membership.#inTurn(() => membership.#join());
    void membership.#keepBeating();
    return membership;
  }

  async confirm(): Promise<readonly TaskId[]> {
    return this.#of.client.call(async () => {
      await this.#inTurn(() => this.#beat());
      const { ours, losing } = this.#given;
      // What was given up meanwhile is ours only until the others have heard of it.
      return [...ours, ...losing].flatMap((name) => this.#held.get(name) ?? []);
    });
  }

  async commitOffsets(positions: readonly Position[]): Promise<void> {
    const { client, cluster, group, names } = this.#of;
    await client.call(async () => {
      if (this.#left.signal.aborted) throw new Error(`${this.#member} is no member any more`);
      const topics = [...Map.groupBy(positions, ({ topic }) => names.toBroker(topic))].map(([topic, some]) => ({
        topic,
        partitions: some.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
      }));
      const node = await cluster.coordinatorOf('group', group);
      await cluster.sendProtocol(
        node,
        'group',
        groupRequest('OffsetCommit', { groupId: group, groupGenerationId: this.#generation, memberId: this.#member, topics }),
      );
    });
  }

  async leave(): Promise<void> {
    const { client, cluster, group, requestTimeoutMs } = this.#of;
    await client.alive();
    if (this.#left.signal.aborted) return;
    this.#left.abort();
    this.#pause.abort();
    if (this.#member === '') return;
    // Who can't say goodbye is missed once the session has run out.
    await cluster
      .coordinatorOf('group', group)
      .then((node) =>
        // On a connection of its own: a join may be waiting for the others on that of the group.
        cluster.sendProtocol(
          node,
          'data',
          groupRequest('LeaveGroup', { groupId: group, memberId: this.#member, members: [{ memberId: this.#member }] }),
          requestTimeoutMs,
        ),
      )
      .catch(() => undefined);
  }

  get unheard(): string | undefined {
    const { clock, sessionTimeoutMs } = this.#of;
    return this.#unheard && clock.now() >= after(this.#unheard.since, sessionTimeoutMs)
      ? `${this.#unheard.why}; if it was refused: docs/deploy.md lists the rights to the group`
      : undefined;
  }

  get #isOver(): boolean {
    return this.#left.signal.aborted || this.#of.client.over.aborted;
  }

  async #keepBeating(): Promise<void> {
    const { client, clock, sessionTimeoutMs } = this.#of;
    client.over.addEventListener('abort', () => this.#pause.abort(), { once: true });
    let pauseMs = sessionTimeoutMs / heartbeatsASession;
    while (!this.#isOver) {
      if (!this.#mustJoin) await clock.wait(pauseMs, this.#pause.signal, 'background');
      if (this.#isOver) return;
      if (this.#pause.signal.aborted) this.#pause = new AbortController();
      try {
        await this.#inTurn(() => (this.#mustJoin ? this.#join() : this.#beat()));
        pauseMs = sessionTimeoutMs / heartbeatsASession;
        this.#unheard = undefined;
      } catch (error) {
        this.#unheard = { since: this.#unheard?.since ?? clock.now(), why: error instanceof Error ? error.message : String(error) };
        // Nothing heard: not knowing isn't losing.
        pauseMs = retryMs;
        if (this.#mustJoin) await clock.wait(retryMs, this.#left.signal, 'background');
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** A heartbeat, and where the group shares anew or doesn't know us any more a join. */
  async #beat(): Promise<void> {
    const { client, group, sessionTimeoutMs } = this.#of;
    try {
      // An answer that got lost must not cost the session: there is time for another heartbeat, on another connection.
      await client.request('heartbeat', client.name, () =>
        this.#ask('Heartbeat', { groupId: group, groupGenerationId: this.#generation, memberId: this.#member }, sessionTimeoutMs / 3),
      );
    } catch (error) {
      const type = typeOf(error);
      if (type !== 'REBALANCE_IN_PROGRESS' && !isThrownOut(type)) throw error;
      if (type === 'UNKNOWN_MEMBER_ID') this.#member = '';
      await this.#join();
    }
  }

  /** Joins, holding what is held, and follows what the leader gives; goes round again while the group changes under it. */
  async #join(): Promise<void> {
    const { client } = this.#of;
    for (;;) {
      if (this.#isOver) throw new Error(`${client.name} has left`);
      this.#mustJoin = false;
      try {
        const given = await client.request('join', client.name, () => this.#joinOnce());
        if (this.#isOver) return;
        this.#follow(given);
        return;
      } catch (error) {
        const type = typeOf(error);
        if (type === 'UNKNOWN_MEMBER_ID') this.#member = '';
        if (type === 'REBALANCE_IN_PROGRESS' || isThrownOut(type)) continue;
        this.#mustJoin = this.#generation >= 0;
        throw error;
      }
    }
  }

  async #joinOnce(): Promise<Given> {
    const { group, tasks, sessionTimeoutMs, requestTimeoutMs } = this.#of;
    const claim: Claim = {
      tasks,
      held: [...this.#held.keys()].filter((name) => !this.#losing.has(name)),
      losing: [...this.#losing.keys()],
      generation: this.#generation,
    };
    const request = (memberId: string): Promise<unknown> =>
      this.#ask(
        'JoinGroup',
        {
          groupId: group,
          sessionTimeout: sessionTimeoutMs,
          rebalanceTimeout: sessionTimeoutMs,
          memberId,
          protocolType: 'consumer',
          groupProtocols: [{ name: protocolName, metadata: encodeClaim(claim) }],
        },
        sessionTimeoutMs + requestTimeoutMs,
      );
    const joined = (await request(this.#member).catch((error: unknown) => {
      // The first time the coordinator only tells the name under which to join.
      const named = error instanceof Error && 'memberId' in error && typeof error.memberId === 'string' ? error.memberId : undefined;
      if (named === undefined) throw error;
      this.#member = named;
      return request(named);
    })) as {
      readonly memberId: string;
      readonly generationId: number;
      readonly leaderId: string;
      readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
    };
    this.#member = joined.memberId;
    const assignments =
      joined.leaderId === joined.memberId
        ? share(
            new Map(
              joined.members.flatMap(({ memberId, memberMetadata }) => {
                const one = decodeClaim(memberMetadata);
                return one ? [[memberId, one] as const] : [];
              }),
            ),
          )
        : new Map<string, Given>();
    const synced = (await this.#ask(
      'SyncGroup',
      {
        groupId: group,
        generationId: joined.generationId,
        memberId: joined.memberId,
        groupAssignment: [...assignments].map(([memberId, given]) => ({ memberId, memberAssignment: encodeGiven(given) })),
      },
      sessionTimeoutMs + requestTimeoutMs,
    )) as { readonly memberAssignment: Buffer };
    this.#generation = joined.generationId;
    return decodeGiven(synced.memberAssignment);
  }

  async #ask(name: Parameters<typeof groupRequest>[0], args: object, timeoutMs?: number): Promise<unknown> {
    const { cluster, clock, group, requestTimeoutMs } = this.#of;
    const ask = async (): Promise<unknown> => {
      // Whoever joined after he had left would be given tasks that nobody runs.
      if (this.#isOver) throw new Error(`${this.#of.client.name} has left`);
      try {
        const node = await cluster.coordinatorOf('group', group);
        return await cluster.sendProtocol(node, 'group', groupRequest(name, args), timeoutMs);
      } catch (error) {
        if (error instanceof ConnectionLost || isMoving(error)) cluster.forgetCoordinator('group', group);
        if (typeOf(error)?.endsWith('_AUTHORIZATION_FAILED'))
          throw new AmendsError('AMENDS_BROKER_DENIED', [`${name} of ${group}: ${typeOf(error)}`]);
        throw error;
      }
    };
    return patiently(clock, requestTimeoutMs, ask, isMoving);
  }

  /** Does what the leader said. */
  #follow(given: Given): void {
    this.#given = given;
    const named = new Set([...given.ours]);
    const moved = [...this.#held].filter(([name]) => !this.#losing.has(name) && !named.has(name));
    const fresh = given.ours.flatMap((name) => {
      const task = this.#tasks.get(name);
      return task && !this.#held.has(name) ? [task] : [];
    });
    for (const task of fresh) this.#held.set(taskName(task), task);
    // Ours on paper only: given to us and taken away before we had heard of it.
    if (given.losing.some((name) => !this.#held.has(name))) this.#joinAgain();
    if (moved.length > 0) void this.#lose(moved);
    if (fresh.length > 0) this.#of.on.assigned(fresh);
  }

  async #lose(moved: readonly (readonly [string, TaskId])[]): Promise<void> {
    const { clock, on, sessionTimeoutMs, client } = this.#of;
    for (const [name, task] of moved) this.#losing.set(name, task);
    const losing = on.losing(moved.map(([, task]) => task));
    await loseWithin(clock, sessionTimeoutMs, losing, [this.#left.signal, client.over]);
    for (const [name] of moved) {
      this.#losing.delete(name);
      this.#held.delete(name);
    }
    if (!this.#isOver) this.#joinAgain();
  }

  #joinAgain(): void {
    this.#mustJoin = true;
    this.#pause.abort();
  }
}
