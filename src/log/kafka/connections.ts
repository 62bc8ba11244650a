import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { connect as connectPlain, isIP } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { AmendsError } from '../../happenings/errors.ts';
import { invariant } from '../../values/invariant.ts';
import type { Clock } from '../../values/time.ts';
import { bearerToken } from './bearer-token.ts';
import type { Api } from './codec/api.ts';
import { ConnectionLost } from './connection-lost.ts';
import type { Address, KafkaSettings, Sasl } from './settings.ts';
import { tlsTrouble } from './tls-trouble.ts';

/**
 * Everything of kafkajs that it doesn't promise to keep: a connection (TLS, authentication, frames, timeouts) and the bytes
 * of the group's requests. `test/log/kafka/connections.test.ts` names what has changed when another version comes.
 */
export interface KafkajsConnection {
  readonly requestQueue: {
    readonly inflight: ReadonlyMap<number, unknown>;
    readonly pending: readonly unknown[];
    push(request: {
      readonly entry: {
        readonly apiKey: number;
        readonly apiName: string;
        readonly apiVersion: number;
        readonly correlationId: number;
        resolve(answer: { readonly payload: Buffer }): void;
        reject(error: Error): void;
      };
      readonly expectResponse: true;
      readonly requestTimeout: number | null;
      sendRequest(): void;
    }): void;
    maybeThrottle(forMs: number): void;
    rejectAll(error: Error): void;
    destroy(): void;
    scheduleCheckPendingRequests(): void;
  };
  connect(): Promise<unknown>;
  authenticate(): Promise<void>;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  setVersions(versions: Versions): void;
  setSupportAuthenticationProtocol(isSupported: boolean): void;
  nextCorrelationId(): number;
  processData(bytes: Buffer): void;
  send(protocol: KafkajsProtocol): Promise<unknown>;
}

/** A request and how its answer is read, as kafkajs writes them. */
export interface KafkajsProtocol {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buffer: Buffer }>;
  };
  readonly response: { decode(answer: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
}

/** Which versions of each request a broker takes, by API key. */
export type Versions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;

interface Kafkajs {
  readonly Connection: new (options: object) => KafkajsConnection;
  readonly requests: Readonly<
    Record<'ApiVersions' | GroupRequest, { protocol(of: { readonly version: number }): (args: object) => KafkajsProtocol }>
  >;
}

type GroupRequest = 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup' | 'OffsetCommit';

/** Of each request that kafkajs writes for us, the version we speak. */
export const groupVersions: Readonly<Record<GroupRequest, number>> = {
  JoinGroup: 5,
  SyncGroup: 3,
  Heartbeat: 3,
  LeaveGroup: 3,
  OffsetCommit: 5,
};

const require = createRequire(import.meta.url);

const kafkajs: Kafkajs = {
  Connection: require('kafkajs/src/network/connection') as Kafkajs['Connection'],
  requests: (require('kafkajs/src/protocol/requests/index') as { readonly requests: Kafkajs['requests'] }).requests,
};

/** A request of the group protocol. Its answer is what kafkajs reads; an error of the broker's is thrown with `type` its name. */
export const groupRequest = (name: GroupRequest, args: object): KafkajsProtocol =>
  kafkajs.requests[name].protocol({ version: groupVersions[name] })(args);

/** kafkajs tells what happens on a connection to its logger; what matters comes back to us as an error. */
const silent = { namespace: () => silent, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const headerBytes = 4 + 2 + 2 + 4 + 2;

/** One connection to one broker. After anything that fails on it, it is closed for good: one cut in the middle of an answer never recovers. */
export class Connection {
  readonly address: Address;
  readonly #kafkajs: KafkajsConnection;
  readonly #clientId: Buffer;
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;
  #socket: Socket | undefined;
  /** kafkajs tells no code with it. */
  #tlsError: Error | undefined;
  #closed: Error | undefined;
  /** Nothing more is to be sent: it closes with its last answer. */
  #isRetired = false;
  /** Its session is so short that it is about to end from the beginning: then it is used to its end. */
  #isShort = false;
  /** What the broker takes, once open. */
  versions: Versions = {};

  private constructor(settings: KafkaSettings, address: Address) {
    this.address = address;
    this.#clientId = Buffer.from(settings.clientId);
    const { clock, requestTimeoutMs = 10_000 } = settings;
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#kafkajs = new kafkajs.Connection({
      host: address.host,
      port: address.port,
      clientId: settings.clientId,
      logger: silent,
      ...(settings.sasl && { sasl: saslOf(settings.sasl) }),
      requestTimeout: requestTimeoutMs,
      connectionTimeout: Math.min(5_000, requestTimeoutMs),
      enforceRequestTimeout: true,
      socketFactory: (to: { readonly onConnect: () => void }) => this.#open(settings, to.onConnect),
    });
    // Bytes that are no frames (another protocol answers at this port) would throw in nobody's call, and end the process.
    const cutFrames = this.#kafkajs.processData.bind(this.#kafkajs);
    this.#kafkajs.processData = (bytes) => {
      try {
        cutFrames(bytes);
      } catch (error) {
        this.close(`what came is no answer of Kafka's: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    const queue = this.#kafkajs.requestQueue;
    // It would arm a timer of 1 ms again and again, also with nothing to do: a twentieth of a core.
    const schedule = queue.scheduleCheckPendingRequests.bind(queue);
    queue.scheduleCheckPendingRequests = () => {
      if (queue.pending.length > 0) schedule();
    };
  }

  /** Connects, learns what the broker takes, and proves who we are. Throws ConnectionLost, AMENDS_BROKER_DENIED. */
  static async open(settings: KafkaSettings, address: Address): Promise<Connection> {
    const connection = new Connection(settings, address);
    try {
      await connection.#kafkajs.connect();
      const told = (await connection.#kafkajs.send(kafkajs.requests.ApiVersions.protocol({ version: 2 })({}))) as {
        readonly apiVersions: readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[];
      };
      connection.versions = Object.fromEntries(told.apiVersions.map(({ apiKey, ...range }) => [apiKey, range]));
      connection.#kafkajs.setVersions(connection.versions);
      connection.#kafkajs.setSupportAuthenticationProtocol(true);
      await connection.#kafkajs.authenticate();
      connection.#isShort = !connection.#kafkajs.isAuthenticated();
      return connection;
    } catch (error) {
      connection.close('it could not be opened');
      throw asOpeningError(error, address, connection.#tlsError && tlsTrouble(connection.#tlsError));
    }
  }

  get isOpen(): boolean {
    return this.#closed === undefined && this.#kafkajs.isConnected();
  }

  /** A session of authentication that is about to end is not renewed under requests: another connection takes over. */
  isFresh(settings: KafkaSettings): boolean {
    return this.isOpen && (!settings.sasl || this.#isShort || this.#kafkajs.isAuthenticated());
  }

  /**
   * Requests sent one after the other arrive in that order; what `asked` refers to is copied before this returns. Throws
   * ConnectionLost when no answer comes.
   */
  async send<Asked, Answered extends { readonly throttleMs: number }>(
    api: Api<Asked, Answered>,
    asked: Asked,
    timeoutMs: number | null = null,
  ): Promise<Answered> {
    const answered = api.decode(await this.#exchange(api, api.encode(asked), timeoutMs));
    if (answered.throttleMs > 0) this.#kafkajs.requestQueue.maybeThrottle(answered.throttleMs);
    return answered;
  }

  /** A request as kafkajs writes it. Throws ConnectionLost when no answer comes, kafkajs's error with `type` where the broker refuses. */
  async sendProtocol({ request, response }: KafkajsProtocol, timeoutMs: number | null = null): Promise<unknown> {
    const { buffer } = await request.encode();
    return response.parse(await response.decode(await this.#exchange(request, buffer, timeoutMs)));
  }

  /** Closes it once what is sent on it in this turn, at the latest, has been answered. */
  retire(): void {
    this.#isRetired = true;
    void turn().then(() => this.#closeIfDone());
  }

  /** Rejects what waits for an answer, and lets go of the socket. */
  close(why: string): void {
    this.#closed ??= new ConnectionLost(`${this.address.host}:${this.address.port}: ${why}`);
    this.#kafkajs.requestQueue.rejectAll(this.#closed);
    this.#kafkajs.requestQueue.destroy();
    this.#socket?.destroy();
  }

  async #exchange(
    { apiKey, apiVersion, apiName }: Pick<Api<unknown, unknown>, 'apiKey' | 'apiVersion' | 'apiName'>,
    body: Buffer,
    timeoutMs: number | null,
  ): Promise<Buffer> {
    const answered = new AbortController();
    // kafkajs's own timeout may be longer than asked for, never shorter.
    if (timeoutMs !== null && timeoutMs < this.#requestTimeoutMs) void this.#closeAfter(timeoutMs, answered.signal);
    const { payload } = await new Promise<{ readonly payload: Buffer }>((resolve, reject) => {
      if (this.#closed) throw this.#closed;
      const correlationId = this.#kafkajs.nextCorrelationId();
      const frame = Buffer.allocUnsafe(headerBytes + this.#clientId.length + body.length);
      let at = frame.writeInt32BE(frame.length - 4, 0);
      at = frame.writeInt16BE(apiKey, at);
      at = frame.writeInt16BE(apiVersion, at);
      at = frame.writeInt32BE(correlationId, at);
      at = frame.writeInt16BE(this.#clientId.length, at);
      at += this.#clientId.copy(frame, at);
      body.copy(frame, at);
      this.#kafkajs.requestQueue.push({
        entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
        expectResponse: true,
        requestTimeout: timeoutMs,
        sendRequest: () => this.#socket?.write(frame),
      });
    })
      .catch((error: unknown) => {
        throw this.#lose(error);
      })
      .finally(() => answered.abort());
    this.#closeIfDone();
    return payload;
  }

  async #closeAfter(forMs: number, unless: AbortSignal): Promise<void> {
    await this.#clock.wait(forMs, unless, 'background');
    if (!unless.aborted) this.close(`nothing came within ${forMs} ms`);
  }

  #closeIfDone(): void {
    const { inflight, pending } = this.#kafkajs.requestQueue;
    if (this.#isRetired && inflight.size === 0 && pending.length === 0) this.close('another has taken over');
  }

  #lose(error: unknown): Error {
    this.close(error instanceof Error ? error.message : String(error));
    invariant(this.#closed, 'a closed connection says why');
    return this.#closed;
  }

  #open({ tls, reroute }: KafkaSettings, onConnect: () => void): Socket {
    const { host, port } = reroute?.(this.address) ?? this.address;
    const name = this.address.host;
    const socket = tls
      ? connectTls({ host, port, ...(isIP(name) === 0 && { servername: name }), ...tls }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('close', () => {
      if (!this.#closed) this.close('the connection was closed');
    });
    if (tls) socket.once('error', (error) => (this.#tlsError = error));
    this.#socket = socket;
    return socket;
  }
}

const saslOf = (sasl: Sasl): object =>
  sasl.mechanism === 'oauthbearer'
    ? { mechanism: 'oauthbearer', authenticationProvider: bearerToken(sasl.token) }
    : { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password };

/** How kafkajs tells that no answer came: also inside the error by which it says that authentication failed. */
const noAnswer = /timed out|Closed connection|Connection (error|timeout|closed)|Not connected|no answer: /;

const asOpeningError = (error: unknown, { host, port }: Address, trouble: ReturnType<typeof tlsTrouble>): Error => {
  const reason = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : '';
  if (trouble?.isRefusal) return new AmendsError('AMENDS_BROKER_DENIED', [`${host}:${port}: ${trouble.why}`]);
  const place = `${host}:${port}: ${trouble?.why ?? reason}`;
  const isDenied = !noAnswer.test(reason) && (name === 'KafkaJSSASLAuthenticationError' || /SASL|authenticat/i.test(reason));
  return isDenied ? new AmendsError('AMENDS_BROKER_DENIED', [place]) : new ConnectionLost(place);
};
