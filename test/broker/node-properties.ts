/** One node of a cluster: a broker, the controller, or both. */
export interface NodeAddress {
  readonly id: number;
  readonly roles: 'broker' | 'controller' | 'broker,controller';
  readonly port: number;
  readonly controllerPort: number;
  /** Where it takes clients that prove who they are (SASL over plain sockets). */
  readonly saslPort: number;
  /** Where it takes clients over TLS, if anywhere. */
  readonly tls?: TlsListeners;
  /** Where it takes what comes through a proxy, if anywhere, and the proxy's port, which it tells those clients. */
  readonly proxied?: { readonly port: number; readonly proxyPort: number };
}

/** What a broker shows over TLS, and whom it believes: files in PEM. */
export interface TlsFiles {
  /** Its key, then its certificate. */
  readonly keyAndCertificate: string;
  readonly authority: string;
}

/** Ports on the host name of the certificate. */
export interface TlsListeners extends TlsFiles {
  readonly host: string;
  /** Asks nobody who he is. */
  readonly port: number;
  /** Asks for a certificate of the authority. */
  readonly certifiedPort: number;
  /** Asks for a password. */
  readonly saslPort: number;
}

/** Who may come in at the port of those that prove who they are. */
export const saslUser = { username: 'amends', password: 'a-password-for-tests' } as const;

/**
 * Settings that make a broker quick to notice what tests wait for: sessions of half a second, timed-out transactions swept
 * twice a second (by default every 10 s), compaction and retention looked at at once. Names as in Kafka's documentation.
 */
export const briskProperties: Readonly<Record<string, string | number>> = {
  'auto.create.topics.enable': 'false',
  'delete.topic.enable': 'true',
  'group.min.session.timeout.ms': 500,
  'group.initial.rebalance.delay.ms': 0,
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 500,
  'offsets.topic.num.partitions': 5,
  'transaction.state.log.num.partitions': 5,
  'share.coordinator.state.topic.num.partitions': 1,
  'log.cleaner.backoff.ms': 250,
  'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
  'log.initial.task.delay.ms': 500,
  'log.retention.check.interval.ms': 500,
  'log.segment.delete.delay.ms': 100,
  'num.network.threads': 2,
  'num.io.threads': 4,
};

/** The properties file of `node`; `all` are the nodes of its cluster, `more` goes over everything else. */
export const nodeProperties = (
  node: NodeAddress,
  all: readonly NodeAddress[],
  folder: string,
  more: Readonly<Record<string, string | number>>,
): string => {
  const brokers = all.filter(({ roles }) => roles.includes('broker')).length;
  const replicas = Math.min(brokers, 3);
  const isBroker = node.roles.includes('broker');
  const isController = node.roles.includes('controller');
  const { tls, proxied } = node;
  const outside = [`PLAINTEXT://127.0.0.1:${node.port}`, `SASL://127.0.0.1:${node.saslPort}`];
  if (tls)
    outside.push(`TLS://${tls.host}:${tls.port}`, `CERTIFIED://${tls.host}:${tls.certifiedPort}`, `TLSSASL://${tls.host}:${tls.saslPort}`);
  const told = [...outside];
  if (proxied) {
    outside.push(`PROXIED://127.0.0.1:${proxied.port}`);
    told.push(`PROXIED://127.0.0.1:${proxied.proxyPort}`);
  }
  const inside = `CONTROLLER://127.0.0.1:${node.controllerPort}`;
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  const bearer = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';
  const settings = {
    'process.roles': node.roles,
    'node.id': node.id,
    listeners: [...(isBroker ? outside : []), ...(isController ? [inside] : [])].join(','),
    ...(isBroker && { 'advertised.listeners': told.join(','), 'inter.broker.listener.name': 'PLAINTEXT' }),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,CERTIFIED:SSL,TLSSASL:SASL_SSL',
    ...(tls && {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': tls.keyAndCertificate,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': tls.authority,
      'listener.name.certified.ssl.client.auth': 'required',
      'listener.name.tlssasl.scram-sha-256.sasl.jaas.config': `${scram} required;`,
      'listener.name.tlssasl.scram-sha-512.sasl.jaas.config': `${scram} required;`,
      'listener.name.tlssasl.sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512',
    }),
    'controller.quorum.voters': all
      .filter(({ roles }) => roles.includes('controller'))
      .map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`)
      .join(','),
    'log.dirs': `${folder}/data`,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'listener.name.sasl.plain.sasl.jaas.config': `${plain} required user_${saslUser.username}="${saslUser.password}";`,
    'listener.name.sasl.scram-sha-256.sasl.jaas.config': `${scram} required;`,
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${scram} required;`,
    // Tokens without a signature, which Kafka takes where nothing else is configured.
    'listener.name.sasl.oauthbearer.sasl.jaas.config': `${bearer} required unsecuredLoginStringClaim_sub="${saslUser.username}";`,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': 1,
    'default.replication.factor': replicas,
    // A broker that is gone, or frozen, is fenced after 3 s; its partitions get other leaders then.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'replica.lag.time.max.ms': 3_000,
    ...briskProperties,
    ...more,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
};
