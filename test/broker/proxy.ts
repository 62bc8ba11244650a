import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { quietKafka } from './quiet-kafka.ts';
import { splitFrames } from './split-frames.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * What happens to a request.
 * - `swallow`: it never arrives, and is never answered; the connection stays open.
 * - `cut-request`: it never arrives, and the connection is cut.
 * - `drop-answer`: it arrives, its answer doesn't; the connection stays open, and later answers come.
 * - `cut-answer`: it arrives, and of its answer only `afterBytes` bytes (of 4 for the size, 4 for the correlation id, and the rest) before the connection is cut.
 * - `delay-answer`: its answer, and everything behind it on this connection, comes `byMs` later.
 */
export type Mishap =
  | { readonly kind: 'swallow' | 'cut-request' | 'drop-answer' }
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  | { readonly kind: 'delay-answer'; readonly byMs: number };

export interface Rule {
  readonly mishap: Mishap;
  /** Which request (`apiKeys`), by default every one. */
  readonly apiKey?: number;
  /** Which broker, `host:port` as it tells itself; by default all. */
  readonly broker?: string;
  /** So many requests go well before the first that doesn't. Default 0. */
  readonly skip?: number;
  /** So many don't, then all go well again. Default 1; `Infinity` until the rule is removed. */
  readonly times?: number;
}

interface RuleUnderWay {
  readonly rule: Rule;
  skip: number;
  left: number;
  met: number;
  tell(): void;
}

/** A rule in force. */
export interface Planted {
  /** Resolves once it has met a request. */
  readonly first: Promise<void>;
  /** How many requests it has met. */
  readonly met: number;
  remove(): void;
}

/** A client's connection, and the one behind it. */
interface Pair {
  readonly broker: string;
  readonly client: Socket;
  readonly upstream: Socket;
}

/** Stands between clients and every broker of a cluster, and has what runs between them fail. A client comes in by `reroute`. */
export class Proxy {
  readonly #servers = new Map<string, { readonly server: Server; readonly port: number }>();
  readonly #pairs = new Set<Pair>();
  readonly #rules = new Set<RuleUnderWay>();
  readonly #refused = new Set<string>();
  #gate: { readonly opened: Promise<void>; open(): void } | undefined;

  private constructor() {}

  /** In front of all brokers of the cluster that `brokers` (`host:port`) belong to. */
  static async before(brokers: readonly string[]): Promise<Proxy> {
    const admin = quietKafka(brokers).admin();
    await admin.connect();
    const told = (await admin.describeCluster()).brokers.map(({ host, port }) => `${host}:${port}`);
    await admin.disconnect();
    const proxy = new Proxy();
    for (const broker of new Set([...told, ...brokers])) await proxy.#listen(broker);
    return proxy;
  }

  /** On ports that the brokers tell their clients (`startCluster` with `proxied`), so that whole processes come in unasked. */
  static async at(places: readonly { readonly port: number; readonly broker: string }[]): Promise<Proxy> {
    const proxy = new Proxy();
    for (const { port, broker } of places) await proxy.#listen(broker, port);
    return proxy;
  }

  /** The brokers behind it, `host:port`. */
  get brokers(): readonly string[] {
    return [...this.#servers.keys()];
  }

  /** How many connections run through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Where a client that means to reach `to` goes instead. */
  readonly reroute = (to: Address): Address => {
    const listening = this.#servers.get(`${to.host}:${to.port}`);
    if (!listening) throw new Error(`no proxy in front of ${to.host}:${to.port}`);
    return { host: '127.0.0.1', port: listening.port };
  };

  /** From now on, requests that `rule` names meet its mishap. Of several rules the first planted goes first. */
  plant(rule: Rule): Planted {
    let tell = (): void => {};
    const first = new Promise<void>((resolve) => (tell = resolve));
    const underWay: RuleUnderWay = { rule, skip: rule.skip ?? 0, left: rule.times ?? 1, met: 0, tell };
    this.#rules.add(underWay);
    return {
      first,
      get met() {
        return underWay.met;
      },
      remove: () => void this.#rules.delete(underWay),
    };
  }

  /** Holds every byte, both ways, until `resume`. */
  pause(): void {
    if (this.#gate) return;
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.#gate = { opened, open };
  }

  resume(): void {
    this.#gate?.open();
    this.#gate = undefined;
  }

  /** Cuts every connection there is. */
  cutAll(): void {
    for (const pair of this.#pairs) reset(pair);
  }

  /** While `isRefused`, connections to this broker (`host:port`; by default to each) are cut, and new ones at once. */
  refuse(isRefused: boolean, broker?: string): void {
    for (const each of broker === undefined ? this.#servers.keys() : [broker])
      if (isRefused) this.#refused.add(each);
      else this.#refused.delete(each);
    for (const pair of this.#pairs) if (this.#refused.has(pair.broker)) reset(pair);
  }

  /** Cuts everything and listens no more. */
  async close(): Promise<void> {
    this.resume();
    const closed = [...this.#servers.values()].map(({ server }) => once(server.close(), 'close'));
    this.cutAll();
    await Promise.all(closed);
  }

  async #listen(broker: string, at = 0): Promise<void> {
    const server = createServer((client) => this.#join(client, broker));
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    this.#servers.set(broker, { server, port: (server.address() as AddressInfo).port });
  }

  #join(client: Socket, broker: string): void {
    if (this.#refused.has(broker)) {
      client.resetAndDestroy();
      return;
    }
    const [host = '', port = ''] = broker.split(/:(?=\d+$)/);
    const upstream = connect({ host, port: Number(port) });
    const pair: Pair = { broker, client, upstream };
    this.#pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
    const awaited = new Map<number, Mishap>();
    void this.#forward(client, upstream, broker, awaited);
    void this.#answer(client, upstream, awaited);
  }

  async #forward(client: Socket, upstream: Socket, broker: string, awaited: Map<number, Mishap>): Promise<void> {
    for await (const frame of splitFrames(client)) {
      await this.#gate?.opened;
      const mishap = this.#meet(frame.readInt16BE(4), broker);
      if (mishap?.kind === 'cut-request') client.resetAndDestroy();
      else if (mishap?.kind !== 'swallow') {
        if (mishap) awaited.set(frame.readInt32BE(8), mishap);
        await write(upstream, frame);
      }
    }
  }

  async #answer(client: Socket, upstream: Socket, awaited: Map<number, Mishap>): Promise<void> {
    for await (const frame of splitFrames(upstream)) {
      await this.#gate?.opened;
      const correlationId = frame.readInt32BE(4);
      const mishap = awaited.get(correlationId);
      awaited.delete(correlationId);
      if (mishap?.kind === 'delay-answer') await wait(mishap.byMs);
      if (mishap?.kind === 'cut-answer') {
        // Ended, not reset: the bytes before the cut do arrive.
        client.end(frame.subarray(0, mishap.afterBytes));
        upstream.destroy();
      } else if (mishap?.kind !== 'drop-answer') await write(client, frame);
    }
  }

  #meet(apiKey: number, broker: string): Mishap | undefined {
    for (const each of this.#rules) {
      const { rule } = each;
      if ((rule.apiKey ?? apiKey) !== apiKey || (rule.broker ?? broker) !== broker || each.left === 0) continue;
      if (each.skip > 0) {
        each.skip -= 1;
        continue;
      }
      each.left -= 1;
      each.met += 1;
      each.tell();
      return rule.mishap;
    }
    return undefined;
  }
}

const reset = ({ client, upstream }: Pair): void => {
  client.resetAndDestroy();
  upstream.resetAndDestroy();
};

/** Resolves once there is room for more; also when the socket is gone. */
const write = async (to: Socket, frame: Buffer): Promise<void> => {
  if (to.destroyed || to.write(frame)) return;
  await new Promise<void>((resolve) => {
    to.once('drain', resolve);
    to.once('close', resolve);
  });
};
