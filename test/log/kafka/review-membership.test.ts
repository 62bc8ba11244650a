import { afterEach, describe, expect, it } from 'vitest';
import type { Membership } from '../../../src/engine/log.ts';
import { RequestWriter } from '../../../src/log/kafka/codec/request-writer.ts';
import { encodeGiven } from '../../../src/log/kafka/group-protocol.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { realClock } from '../../../src/values/clock.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { apiKeys } from '../../broker/wire.ts';
import type { Answered, Asked } from './fake-broker.ts';
import { FakeBroker } from './fake-broker.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

const coordinatorAnswer = (port: number): Buffer =>
  new RequestWriter().int32(0).int16(0).nullableString(null).int32(0).string('127.0.0.1').int32(port).done();
/** JoinGroup v5: led by somebody else. */
const joined = (errorCode: number, memberId: string): Buffer =>
  new RequestWriter()
    .int32(0)
    .int16(errorCode)
    .int32(1)
    .string('amends')
    .string('leader')
    .string(memberId)
    .array([], () => {})
    .done();
/** SyncGroup v3. */
const synced = (): Buffer =>
  new RequestWriter()
    .int32(0)
    .int16(0)
    .bytes(encodeGiven({ ours: [], losing: [] }))
    .done();
const heard = (errorCode: number): Buffer => new RequestWriter().int32(0).int16(errorCode).done();
const denied = 30;
const unknownMember = 25;
const memberIdRequired = 79;

const onFake = async (answers: (asked: Asked) => Answered): Promise<KafkaLog> => {
  const broker = await FakeBroker.start((asked, port) =>
    asked.apiKey === apiKeys.findCoordinator ? coordinatorAnswer(port) : answers(asked),
  );
  const log = new KafkaLog({
    brokers: [`127.0.0.1:${broker.port}`],
    clientId: 'test',
    clock: realClock,
    requestTimeoutMs: 1_000,
    sessionTimeoutMs: 500,
  });
  open.push(broker, log);
  return log;
};
const join = (log: KafkaLog): Promise<Membership> => log.join('g', [], { assigned: () => {}, losing: () => Promise.resolve() });

describe('who joins a group', () => {
  it('is told that he has no right to, and not that brokers can not be reached', async () => {
    const log = await onFake(() => joined(denied, ''));
    await expect(join(log)).rejects.toMatchObject({ code: 'AMENDS_BROKER_DENIED' });
  });

  it('and leaves while he joins anew joins no more: a member that nobody runs would be given tasks', async () => {
    const members: Membership[] = [];
    let joins = 0;
    const log = await onFake(({ apiKey }) => {
      if (apiKey === apiKeys.syncGroup) return synced();
      if (apiKey === apiKeys.heartbeat) return heard(unknownMember);
      if (apiKey !== apiKeys.joinGroup) return 'none';
      joins += 1;
      if (joins === 1) return joined(0, 'one');
      for (const member of members) void member.leave();
      return joined(memberIdRequired, 'two');
    });
    members.push(await join(log));
    await waitUntil('he joins anew', () => Promise.resolve(joins > 1));
    await realClock.wait(200);
    expect(joins).toBe(2);
  });
});
