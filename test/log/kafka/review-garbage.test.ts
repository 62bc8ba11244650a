import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConnectionLost } from '../../../src/log/kafka/connection-lost.ts';
import { Connection } from '../../../src/log/kafka/connections.ts';
import { realClock } from '../../../src/values/clock.ts';

describe('whoever answers at a port without speaking Kafka', () => {
  for (const [what, bytes] of [
    ['a frame of less than no bytes', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['a frame too short for an answer', Buffer.from([0, 0, 0, 1, 7])],
    ['an answer that nobody asked for', Buffer.from([0, 0, 0, 6, 0x7f, 0, 0, 0, 0, 0])],
  ] as const)
    it(`is given up, and ends no process: ${what}`, async () => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => socket.write(bytes));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const settings = { brokers: [], clientId: 'a', clock: realClock, requestTimeoutMs: 300 };
      await expect(Connection.open(settings, { host: '127.0.0.1', port })).rejects.toThrow(ConnectionLost);
    });
});
