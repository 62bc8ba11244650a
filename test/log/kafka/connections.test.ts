import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);

/** Names what Amends uses of kafkajs beyond what kafkajs promises: all of it is in src/log/kafka/connections.ts. */
describe("kafkajs's private calls that src/log/kafka/connections.ts makes", () => {
  const changed = (what: string): string =>
    `kafkajs has changed: ${what}. Read src/log/kafka/connections.ts against this version before you take it.`;

  it('are those of the version that they were read in', () => {
    const { version } = require('kafkajs/package.json') as { readonly version: string };
    expect(version, changed('another version')).toBe('2.2.4');
  });

  it('are methods of a connection', () => {
    const Connection = require('kafkajs/src/network/connection') as { readonly prototype: object };
    for (const method of [
      'connect',
      'authenticate',
      'isConnected',
      'isAuthenticated',
      'setVersions',
      'setSupportAuthenticationProtocol',
      'nextCorrelationId',
      'processData',
      'send',
    ])
      expect(Connection.prototype, changed(`Connection.${method} is gone`)).toHaveProperty(method);
  });

  it('are methods of its queue of requests, whose timer is armed in vain unless we look first', () => {
    const RequestQueue = require('kafkajs/src/network/requestQueue/index') as {
      new (options: object): {
        readonly pending: unknown;
        readonly inflight: unknown;
        scheduleCheckPendingRequests(): void;
        destroy(): void;
      };
      readonly prototype: object;
    };
    for (const method of ['push', 'rejectAll', 'destroy', 'maybeThrottle', 'scheduleCheckPendingRequests'])
      expect(RequestQueue.prototype, changed(`RequestQueue.${method} is gone`)).toHaveProperty(method);
    const logger = { debug: () => {} };
    const queue = new RequestQueue({
      maxInFlightRequests: null,
      requestTimeout: 1_000,
      enforceRequestTimeout: true,
      clientId: 'a',
      broker: 'b',
      logger,
    });
    expect(queue.pending, changed('RequestQueue.pending is no list')).toEqual([]);
    expect(queue.inflight, changed('RequestQueue.inflight is no map')).toEqual(new Map());
    queue.scheduleCheckPendingRequests();
    expect(queue, changed('RequestQueue arms no timer in vain any more: take the workaround out')).toHaveProperty(
      'throttleCheckTimeoutId',
      expect.anything(),
    );
    queue.destroy();
  });

  for (const [name, version] of [
    ['ApiVersions', 2],
    ['JoinGroup', 5],
    ['SyncGroup', 3],
    ['Heartbeat', 3],
    ['LeaveGroup', 3],
    ['OffsetCommit', 5],
  ] as const)
    it(`write ${name} in version ${version}`, () => {
      const { requests } = require('kafkajs/src/protocol/requests/index') as {
        readonly requests: Readonly<Record<string, { readonly versions: readonly string[]; protocol(of: { version: number }): unknown }>>;
      };
      expect(requests[name]?.versions.map(Number), changed(`${name} v${version} is gone`)).toContain(version);
      expect(requests[name]?.protocol({ version }), changed(`${name} is made in another way`)).toBeTypeOf('function');
    });
});
