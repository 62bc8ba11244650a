import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../src/engine/log.ts';
import { AmendsError } from '../../../src/happenings/errors.ts';
import { RequestWriter } from '../../../src/log/kafka/codec/request-writer.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../../../src/log/kafka/settings.ts';
import { realClock } from '../../../src/values/clock.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { apiKeys } from '../../broker/wire.ts';
import type { Answered, Asked } from './fake-broker.ts';
import { FakeBroker, metadataAnswer, offsetsAnswer, producedAnswer, saslKeys } from './fake-broker.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

/** A log on a broker that answers as told, but for its metadata: a topic `t` of two partitions. */
const onFake = async (
  answers: (asked: Asked) => Answered,
  settings: Partial<KafkaSettings> = {},
): Promise<{ readonly log: Log; readonly broker: FakeBroker }> => {
  const broker = await FakeBroker.start((asked, port) =>
    asked.apiKey === apiKeys.metadata ? metadataAnswer(port, 't', 2) : answers(asked),
  );
  const log = new KafkaLog({
    brokers: [`127.0.0.1:${broker.port}`],
    clientId: 'test',
    clock: realClock,
    requestTimeoutMs: 300,
    ...settings,
  });
  open.push(broker, log);
  return { log, broker };
};

const sasl = { mechanism: 'plain', username: 'amends', password: 'secret' } as const;
const handshaken = (): Buffer => {
  const writer = new RequestWriter().int16(0);
  return writer.array(['PLAIN'], (name) => writer.string(name)).done();
};
/** The broker's word on the credentials; yes holds for `sessionMs`. */
const authenticated = (errorCode: number, sessionMs = 0): Buffer =>
  new RequestWriter()
    .int16(errorCode)
    .nullableString(errorCode === 0 ? null : 'Authentication failed: Invalid username or password')
    .bytes(Buffer.alloc(0))
    .int64(sessionMs)
    .done();

describe('who proves himself to a broker', () => {
  const refusalOf = async (authenticate: Answered, handshake: Answered = handshaken()): Promise<unknown> => {
    const { log } = await onFake(({ apiKey }) => (apiKey === saslKeys.handshake ? handshake : authenticate), { sasl });
    return log.describe('t').catch((error: unknown) => error);
  };

  it('is told when the broker refuses him', async () => {
    expect(await refusalOf(authenticated(58))).toMatchObject({ code: 'AMENDS_BROKER_DENIED' });
  });

  it.each([
    ['closes the connection meanwhile', 'close', undefined],
    ['does not answer', 'none', undefined],
    ['does not say how to', authenticated(0), 'none'],
  ] as const)('is not refused by a broker that %s: it may be back in a moment', async (_, authenticate, handshake) => {
    const error = await refusalOf(authenticate, handshake);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(AmendsError);
  });

  it('uses a new connection when his session is about to end, and lets go of the old one', async () => {
    // kafkajs renews a session 10 s before its end.
    let sessionMs = 10_400;
    const { log, broker } = await onFake(({ apiKey }) => (apiKey === saslKeys.handshake ? handshaken() : authenticated(0, sessionMs)), {
      sasl,
    });
    await log.describe('t');
    sessionMs = 0;
    await waitUntil('the session is to be renewed', async () => {
      await log.describe('t');
      return broker.accepted === 2;
    });
    await waitUntil('the old connection is gone', () => Promise.resolve(broker.open === 1));
    expect(broker.accepted).toBe(2);
  });

  it('is served also where a session is shorter than the time before its end at which it is renewed', async () => {
    const { log, broker } = await onFake(({ apiKey }) => (apiKey === saslKeys.handshake ? handshaken() : authenticated(0, 5_000)), {
      sasl,
    });
    expect(await log.describe('t')).toMatchObject({ partitions: 2 });
    expect(broker.accepted).toBeLessThan(3);
  });
});

describe('the ends of partitions', () => {
  it('are never made up where an answer lacks one: all would seem to be read', async () => {
    const { log } = await onFake(() => offsetsAnswer('t', [[0, 7]]));
    await expect(
      log.ends([
        { topic: 't', partition: 0 },
        { topic: 't', partition: 1 },
      ]),
    ).rejects.toThrow(/t\/1/);
  });

  it('are told of a partition as often as it is named', async () => {
    const { log } = await onFake(({ body }) => {
      // A broker refuses a request that names a partition twice. Replica, isolation, topics, the name, partitions.
      const count = body.readInt32BE(4 + 1 + 4 + 2 + 1);
      return offsetsAnswer('t', count === 1 ? [[0, 7]] : []);
    });
    const zero = { topic: 't', partition: 0 };
    expect(await log.ends([zero, zero])).toEqual([
      { first: 7, stable: 7, high: 7 },
      { first: 7, stable: 7, high: 7 },
    ]);
  });
});

describe('a partition that nobody leads for a moment', () => {
  it('is written to as soon as somebody does', async () => {
    const leaders = [-1, -1, 0];
    const broker = await FakeBroker.start(({ apiKey }, port) =>
      apiKey === apiKeys.metadata ? metadataAnswer(port, 't', 1, { leader: leaders.shift() ?? 0 }) : producedAnswer('t', 0, 7),
    );
    const log = new KafkaLog({ brokers: [`127.0.0.1:${broker.port}`], clientId: 'test', clock: realClock, requestTimeoutMs: 1_000 });
    open.push(broker, log);
    const record = { topic: 't', partition: 0, key: null, value: Buffer.from('a'), timestamp: realClock.now() };
    expect((await log.append([record])).map(({ position }) => position.offset)).toEqual([7]);
  });
});
