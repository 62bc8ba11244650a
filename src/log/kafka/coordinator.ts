import type { Clock } from '../../values/time.ts';
import type { Cluster, Lane } from './cluster.ts';
import type { Api } from './codec/api.ts';
import { ConnectionLost } from './connection-lost.ts';
import { RefusedByBroker } from './refused-for.ts';

/** The end of the last transaction is written within milliseconds; until then the coordinator takes no other. */
const firstPauseMs = 3;
const longestPauseMs = 100;

type Send = <Asked, Answered extends { readonly throttleMs: number }>(api: Api<Asked, Answered>, asked: Asked) => Promise<Answered>;

/** The broker that coordinates the transactions of one transactional id, wherever it is just now. */
export class Coordinator {
  readonly transactionalId: string;
  /** How long it is asked again while it is busy or moves. */
  readonly timeoutMs: number;
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #lane: Lane;

  constructor(of: {
    readonly transactionalId: string;
    readonly cluster: Cluster;
    readonly clock: Clock;
    readonly lane: Lane;
    readonly timeoutMs: number;
  }) {
    this.transactionalId = of.transactionalId;
    this.timeoutMs = of.timeoutMs;
    this.#cluster = of.cluster;
    this.#clock = of.clock;
    this.#lane = of.lane;
  }

  /**
   * Asks it; again while it says that it is busy or no longer the coordinator. Throws what it refuses, and ConnectionLost
   * at once: whether to ask again then is not for here to know.
   */
  async ask<T>(work: (send: Send) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const untilMs = this.#clock.now() + this.timeoutMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs))
      try {
        const node = await this.#cluster.coordinatorOf('transaction', this.transactionalId);
        return await work((api, asked) => this.#cluster.send(node, this.#lane, api, asked));
      } catch (error) {
        const isRefresh = error instanceof RefusedByBroker && error.kind === 'refresh';
        if (error instanceof ConnectionLost || isRefresh) this.#cluster.forgetCoordinator('transaction', this.transactionalId);
        const isBusy = isRefresh || (error instanceof RefusedByBroker && error.kind === 'retriable');
        if (!isBusy || this.#clock.now() >= untilMs) throw error;
        await this.#clock.wait(pauseMs, signal);
        signal?.throwIfAborted();
      }
  }
}
