import type { FaultHook } from '../../engine/log.ts';
import type { Clock } from '../../values/time.ts';

/** What a connection proves itself with. Certificates and keys in PEM. */
export interface Tls {
  /** Whom to trust; without it the authorities that Node trusts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export type Sasl =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string }
  /** `token` is asked for a fresh one at each new connection. */
  | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> };

/** What topics are called at the broker. */
export interface TopicNames {
  toBroker(topic: string): string;
  fromBroker(name: string): string;
}

export interface KafkaSettings {
  /** `host:port` each; any that answers tells the rest. */
  readonly brokers: readonly string[];
  /** How the process is called in the broker's logs and quotas. */
  readonly clientId: string;
  readonly clock: Clock;
  readonly tls?: Tls;
  readonly sasl?: Sasl;
  readonly topicNames?: TopicNames;
  /** Before the names of groups and transactional ids, so that two applications on one cluster that differ in it share nothing. */
  readonly idPrefix?: string;
  /** After so long without a heartbeat a process is gone. Default 6,000 ms. */
  readonly sessionTimeoutMs?: number;
  /** After so long an open transaction that nobody takes over is aborted by the broker. Default 10,000 ms. */
  readonly transactionTimeoutMs?: number;
  /** After so long without an answer a connection is given up. Default 10,000 ms. */
  readonly requestTimeoutMs?: number;
  /** For tests: where requests fail. */
  readonly faults?: FaultHook;
  /** For tests: another address instead of the one a broker tells, such as a proxy's. */
  readonly reroute?: (to: Address) => Address;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}
