import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { freePorts } from './free-ports.ts';
import { briskProperties } from './node-properties.ts';
import { untilReady } from './until-ready.ts';

const image = 'apache/kafka:4.1.0';

/** The image takes a setting as a variable: `group.min.session.timeout.ms` is KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS. */
const variables = (settings: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, String(value)]));

/**
 * A broker in a container, which goes when `stop` is called, and (by the library's own reaper) when this process ends. Throws
 * where no daemon answers: to have Docker's client proves nothing.
 */
export const startInDocker = async (): Promise<{ readonly brokers: readonly string[]; stop(): Promise<void> }> => {
  const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
  // A broker tells clients where it is, so the port outside is chosen before it starts.
  const [port = 0] = await freePorts(1);
  const container = await new GenericContainer(image)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment(
      variables({
        'node.id': 1,
        'process.roles': 'broker,controller',
        // It writes markers over a connection to itself, and can't reach itself from outside.
        listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093,BROKER://:9094',
        'advertised.listeners': `PLAINTEXT://${host}:${port},BROKER://localhost:9094`,
        'controller.listener.names': 'CONTROLLER',
        'inter.broker.listener.name': 'BROKER',
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT',
        'controller.quorum.voters': '1@localhost:9093',
        'offsets.topic.replication.factor': 1,
        'transaction.state.log.replication.factor': 1,
        'transaction.state.log.min.isr': 1,
        'share.coordinator.state.topic.replication.factor': 1,
        'share.coordinator.state.topic.min.isr': 1,
        ...briskProperties,
      }),
    )
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(180_000)
    .start();
  const broker = `${host}:${port}`;
  try {
    await untilReady(broker, 1);
  } catch (error) {
    await container.stop();
    throw error;
  }
  return {
    brokers: [broker],
    stop: async () => {
      await container.stop();
    },
  };
};
