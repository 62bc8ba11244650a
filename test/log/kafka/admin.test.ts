import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressOf } from '../../../src/log/kafka/address-of.ts';
import { KafkaAdmin, probe } from '../../../src/log/kafka/admin.ts';
import type { KafkaSettings } from '../../../src/log/kafka/settings.ts';
import { DrivenClock, realClock } from '../../../src/values/clock.ts';
import { after, instant, secondMs } from '../../../src/values/time.ts';

/** A port where somebody accepts connections and never says a word; `hangsUp`: where they are closed at once. */
const silentPort = async (hangsUp = false): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (hangsUp) socket.destroy();
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

const settingsOf = (brokers: readonly string[], more: Partial<KafkaSettings> = {}): KafkaSettings => ({
  brokers,
  clientId: 'test',
  clock: realClock,
  ...more,
});

describe('brokers that can not be reached', () => {
  it('are all told, each with the reason', async () => {
    const closed = await silentPort(true);
    await expect(KafkaAdmin.open(settingsOf(['127.0.0.1:1', `127.0.0.1:${closed}`]))).rejects.toMatchObject({
      code: 'AMENDS_BROKER_UNREACHABLE',
      details: [expect.stringContaining('127.0.0.1:1: '), expect.stringContaining(`127.0.0.1:${closed}: `)],
    });
  });

  it('are given up after 15 s when they take the connection and say nothing', async () => {
    const clock = new DrivenClock(instant(0));
    const port = await silentPort();
    const opening = KafkaAdmin.open(settingsOf([`127.0.0.1:${port}`], { clock }));
    const told = opening.catch((error: unknown) => error);
    await clock.advance(after(instant(0), 15 * secondMs));
    expect(await told).toMatchObject({
      code: 'AMENDS_BROKER_UNREACHABLE',
      details: [expect.stringContaining('no answer within 15 s')],
    });
  });

  it('are told one at a time by a probe', async () => {
    await expect(probe(settingsOf([]), { host: '127.0.0.1', port: 1 })).rejects.toMatchObject({ code: 'AMENDS_BROKER_UNREACHABLE' });
  });
});

describe('the address of a broker', () => {
  it('has a host and a port, an IPv6 address without its brackets', () => {
    expect(addressOf('kafka-1:9092')).toEqual({ host: 'kafka-1', port: 9092 });
    expect(addressOf('[::1]:9093')).toEqual({ host: '::1', port: 9093 });
  });
});
