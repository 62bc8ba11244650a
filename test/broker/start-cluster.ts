import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { javaFiles } from './java-files.ts';
import type { Pace } from './java-node.ts';
import { JavaNode } from './java-node.ts';
import type { NodeAddress, TlsFiles } from './node-properties.ts';
import { nodeProperties, saslUser } from './node-properties.ts';
import { untilReady } from './until-ready.ts';

/** A broker of a cluster, that a test may do things to. */
export interface ClusterNode {
  readonly id: number;
  /** `host:port`, the same after a restart. */
  readonly address: string;
  readonly pid: number | undefined;
  /** Starts it again, with the data it had. Resolves once the whole cluster answers. */
  start(): Promise<void>;
  /** Shuts it down in order. */
  stop(): Promise<void>;
  /** By SIGKILL. */
  kill(): Promise<void>;
  /** By SIGSTOP: its connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
}

export interface Cluster {
  readonly brokers: readonly string[];
  /** The same brokers for those who prove who they are, by PLAIN or SCRAM. */
  readonly sasl: { readonly brokers: readonly string[]; readonly username: string; readonly password: string };
  /** The same brokers over TLS, by the host name `localhost`; empty unless they were given files for it. */
  readonly tls: {
    readonly brokers: readonly string[];
    /** Which ask for a certificate. */
    readonly certified: readonly string[];
    /** Which ask for the password, by SCRAM. */
    readonly sasl: readonly string[];
  };
  /** Where a proxy has to listen, and whom it has to reach, a broker each; empty unless asked for. */
  readonly proxied: readonly { readonly port: number; readonly broker: string }[];
  readonly nodes: readonly ClusterNode[];
  /** Where all of them keep what they write. */
  readonly folder: string;
  /** Kills every process and removes what they wrote. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Settings of every broker, over those for tests. */
  readonly properties?: Readonly<Record<string, string | number>>;
  readonly pace?: Pace;
  /** Listens over TLS too. */
  readonly tls?: TlsFiles;
  /** Also takes clients that come through a proxy, and tells them the proxy's address. */
  readonly proxied?: boolean;
}

/**
 * `size` brokers as plain Java processes of this machine. One is its own controller; several have one beside them that no
 * test touches, so that any of them may go. They end when `stop` is called, and when the process that started them ends.
 * Throws where Java or Maven is missing, or a broker doesn't start.
 */
export const startCluster = async (
  size: number,
  { properties = {}, pace = 'quick', tls, proxied = false }: ClusterOptions = {},
): Promise<Cluster> => {
  const files = await javaFiles();
  const ports = await freePorts(size * (2 + (tls ? 3 : 0) + (proxied ? 2 : 0)) + 1);
  const [controllerPort = 0, ...others] = ports;
  const addresses: NodeAddress[] = Array.from({ length: size }, (_, at) => ({
    id: at + 1,
    roles: size === 1 ? 'broker,controller' : 'broker',
    port: others[2 * at] ?? 0,
    saslPort: others[2 * at + 1] ?? 0,
    controllerPort,
    ...(tls && { tls: { ...tls, host: 'localhost', ...tlsPorts(others.slice(2 * size + 3 * at)) } }),
    ...(proxied && { proxied: proxiedPorts(others.slice((tls ? 5 : 2) * size + 2 * at)) }),
  }));
  if (size > 1) addresses.push({ id: 100, roles: 'controller', port: 0, saslPort: 0, controllerPort });

  const folder = mkdtempSync(join(tmpdir(), 'amends-kafka-'));
  const nodes = addresses.map(
    (address) =>
      new JavaNode(files, address, folder, nodeProperties(address, addresses, join(folder, `node-${address.id}`), properties), pace),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  const brokers = addresses.slice(0, size).map(({ port }) => `127.0.0.1:${port}`);
  const overTls = addresses.flatMap((address) => address.tls ?? []);
  const ready = (): Promise<void> => untilReady(brokers[0] ?? '', size, () => nodes.find((node) => node.pid === undefined)?.said());
  try {
    // A first byte of zero: an id that began with a dash would be taken for an option.
    const clusterId = Buffer.concat([Buffer.alloc(1), randomBytes(15)]).toString('base64url');
    await Promise.all(nodes.map((node) => node.format(clusterId)));
    for (const node of nodes) node.start();
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers,
    folder,
    sasl: { ...saslUser, brokers: addresses.slice(0, size).map(({ saslPort }) => `127.0.0.1:${saslPort}`) },
    tls: {
      brokers: overTls.map(({ host, port }) => `${host}:${port}`),
      certified: overTls.map(({ host, certifiedPort }) => `${host}:${certifiedPort}`),
      sasl: overTls.map(({ host, saslPort }) => `${host}:${saslPort}`),
    },
    proxied: addresses.flatMap((address) =>
      address.proxied ? [{ port: address.proxied.proxyPort, broker: `127.0.0.1:${address.proxied.port}` }] : [],
    ),
    nodes: nodes.slice(0, size).map((node) => ({
      id: node.address.id,
      address: `127.0.0.1:${node.address.port}`,
      get pid() {
        return node.pid;
      },
      start: async () => {
        node.start();
        await untilReady(`127.0.0.1:${node.address.port}`, 1, () => (node.pid === undefined ? node.said() : undefined));
      },
      stop: () => node.stop(),
      kill: () => node.kill(),
      freeze: () => node.freeze(),
      thaw: () => node.thaw(),
    })),
    stop,
  };
};

const tlsPorts = ([port = 0, certifiedPort = 0, saslPort = 0]: readonly number[]) => ({ port, certifiedPort, saslPort });

const proxiedPorts = ([port = 0, proxyPort = 0]: readonly number[]) => ({ port, proxyPort });
