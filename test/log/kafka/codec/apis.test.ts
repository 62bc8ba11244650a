import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { AnswerUnreadable } from '../../../../src/log/kafka/codec/answer-unreadable.ts';
import { addPartitionsToTxnApi } from '../../../../src/log/kafka/codec/apis/add-partitions-to-txn.ts';
import { deleteRecordsApi } from '../../../../src/log/kafka/codec/apis/delete-records.ts';
import { endTxnApi } from '../../../../src/log/kafka/codec/apis/end-txn.ts';
import { fetchApi } from '../../../../src/log/kafka/codec/apis/fetch.ts';
import { findCoordinatorApi } from '../../../../src/log/kafka/codec/apis/find-coordinator.ts';
import { initProducerIdApi } from '../../../../src/log/kafka/codec/apis/init-producer-id.ts';
import { listOffsetsApi } from '../../../../src/log/kafka/codec/apis/list-offsets.ts';
import { metadataApi } from '../../../../src/log/kafka/codec/apis/metadata.ts';
import { produceApi } from '../../../../src/log/kafka/codec/apis/produce.ts';
import { BatchEncoder } from '../../../../src/log/kafka/codec/batch-encoder.ts';
import { layout } from '../../../../src/log/kafka/codec/batch-layout.ts';
import { instant } from '../../../../src/values/time.ts';

interface Encoded {
  readonly buffer: Buffer;
}
interface Request {
  readonly apiKey: number;
  readonly apiVersion: number;
  encode(): Promise<Encoded>;
}

const requireHere = createRequire(import.meta.url);
const kafkajsRequest = (path: string): ((asked: unknown) => Request) => requireHere(`kafkajs/src/protocol/requests/${path}/request.js`);
const kafkajsAnswer = (path: string): { decode(bytes: Buffer): Promise<unknown> } =>
  requireHere(`kafkajs/src/protocol/requests/${path}/response.js`);
const Encoder = requireHere('kafkajs/src/protocol/encoder.js') as new () => Fields;

/** kafkajs's own writer: it makes the answers that ours reads. */
interface Fields extends Encoded {
  writeInt8(value: number): Fields;
  writeInt16(value: number): Fields;
  writeInt32(value: number): Fields;
  writeInt64(value: number): Fields;
  writeString(value: string | null): Fields;
  writeArray(items: readonly Fields[]): Fields;
}
const fields = (): Fields => new Encoder();

describe('requests are the bytes that kafkajs writes', () => {
  const partitions = [
    { topic: 'a', partition: 1, offset: 5_000_000_000, at: 'latest' },
    { topic: 'bé', partition: 0, offset: 7, at: 'latest' },
    { topic: 'a', partition: 2, offset: 0, at: 'latest' },
  ] as const;
  const grouped = [
    { topic: 'a', partitions: [partitions[0], partitions[2]] },
    { topic: 'bé', partitions: [partitions[1]] },
  ];
  const owner = { transactionalId: 'amends-tx', producerId: 4_294_967_297, producerEpoch: 3 };

  it.each([
    {
      api: listOffsetsApi,
      ours: listOffsetsApi.encode({ isCommittedOnly: true, partitions }),
      path: 'listOffsets/v2',
      theirs: { replicaId: -1, isolationLevel: 1, topics: grouped },
    },
    {
      api: deleteRecordsApi,
      ours: deleteRecordsApi.encode({ timeoutMs: 900, partitions }),
      path: 'deleteRecords/v1',
      theirs: { timeout: 900, topics: grouped },
    },
    {
      api: initProducerIdApi,
      ours: initProducerIdApi.encode({ transactionalId: 'amends-tx', transactionTimeoutMs: 10_000 }),
      path: 'initProducerId/v1',
      theirs: { transactionalId: 'amends-tx', transactionTimeout: 10_000 },
    },
    {
      api: initProducerIdApi,
      ours: initProducerIdApi.encode({ transactionalId: null, transactionTimeoutMs: 10_000 }),
      path: 'initProducerId/v1',
      theirs: { transactionalId: null, transactionTimeout: 10_000 },
    },
    {
      api: addPartitionsToTxnApi,
      ours: addPartitionsToTxnApi.encode({ ...owner, partitions }),
      path: 'addPartitionsToTxn/v1',
      theirs: {
        ...owner,
        topics: [
          { topic: 'a', partitions: [1, 2] },
          { topic: 'bé', partitions: [0] },
        ],
      },
    },
    {
      api: endTxnApi,
      ours: endTxnApi.encode({ ...owner, isCommit: true }),
      path: 'endTxn/v1',
      theirs: { ...owner, transactionResult: true },
    },
    {
      api: endTxnApi,
      ours: endTxnApi.encode({ ...owner, isCommit: false }),
      path: 'endTxn/v1',
      theirs: { ...owner, transactionResult: false },
    },
    {
      api: findCoordinatorApi,
      ours: findCoordinatorApi.encode({ key: 'amends-tx', of: 'transaction' }),
      path: 'findCoordinator/v2',
      theirs: { coordinatorKey: 'amends-tx', coordinatorType: 1 },
    },
    {
      api: findCoordinatorApi,
      ours: findCoordinatorApi.encode({ key: 'amends', of: 'group' }),
      path: 'findCoordinator/v2',
      theirs: { coordinatorKey: 'amends', coordinatorType: 0 },
    },
  ])('$path', async ({ api, ours, path, theirs }) => {
    const request = kafkajsRequest(path)(theirs);
    expect([api.apiKey, api.apiVersion]).toEqual([request.apiKey, request.apiVersion]);
    expect(ours).toEqual((await request.encode()).buffer);
  });

  it('produce/v3, batches and all', async () => {
    const messages = [
      {
        key: Buffer.from('k'),
        value: Buffer.from('first'),
        timestamp: 1_700_000_000_000,
        headers: { source: Buffer.from('amends'), leer: Buffer.alloc(0) },
      },
      { key: null, value: Buffer.from('x'.repeat(300)), timestamp: 1_700_000_000_005 },
      { key: Buffer.alloc(4), value: null, timestamp: 1_800_000_000_000 },
    ];
    const records = messages.map(({ headers, timestamp, ...each }) => ({
      ...each,
      topic: 'a',
      partition: 1,
      timestamp: instant(timestamp),
      headers: new Map(Object.entries(headers ?? {})),
    }));
    const { bytes } = new BatchEncoder(1024 * 1024).encode(
      records,
      0,
      { producerId: owner.producerId, producerEpoch: 3, baseSequence: 12, isTransactional: true },
      Infinity,
    );
    // kafkajs names a leader epoch, Java none; the broker puts its own.
    bytes.writeInt32BE(0, layout.leaderEpoch);
    const request = kafkajsRequest('produce/v3')({
      ...owner,
      acks: -1,
      timeout: 30_000,
      topicData: [{ topic: 'a', partitions: [{ partition: 1, firstSequence: 12, messages }] }],
    });
    const ours = produceApi.encode({
      transactionalId: 'amends-tx',
      timeoutMs: 30_000,
      partitions: [{ topic: 'a', partition: 1, batches: bytes }],
    });
    expect(ours).toEqual((await request.encode()).buffer);
    expect([produceApi.apiKey, produceApi.apiVersion]).toEqual([request.apiKey, request.apiVersion]);
  });
});

describe('answers are read', () => {
  const perTopic = (each: (partition: number) => Fields): Fields =>
    fields().writeArray([
      fields()
        .writeString('a')
        .writeArray([each(1), each(2)]),
      fields()
        .writeString('b')
        .writeArray([each(0)]),
    ]);
  const places = [
    { topic: 'a', partition: 1 },
    { topic: 'a', partition: 2 },
    { topic: 'b', partition: 0 },
  ];

  it('of produce, with the errors of each partition', () => {
    const answer = perTopic((partition) =>
      fields().writeInt32(partition).writeInt16(10).writeInt64(5_000_000_000).writeInt64(-1),
    ).writeInt32(7);
    expect(produceApi.decode(answer.buffer)).toEqual({
      throttleMs: 7,
      partitions: places.map((place) => ({ ...place, errorCode: 10, baseOffset: 5_000_000_000, logAppendTime: -1 })),
    });
  });

  it('of list-offsets', () => {
    const body = perTopic((partition) => fields().writeInt32(partition).writeInt16(0).writeInt64(-1).writeInt64(5_000_000_000));
    const answer = Buffer.concat([fields().writeInt32(7).buffer, body.buffer]);
    expect(listOffsetsApi.decode(answer)).toEqual({
      throttleMs: 7,
      partitions: places.map((place) => ({ ...place, errorCode: 0, timestamp: -1, offset: 5_000_000_000 })),
    });
  });

  it('of delete-records', () => {
    const body = perTopic((partition) => fields().writeInt32(partition).writeInt64(-1).writeInt16(1));
    const answer = Buffer.concat([fields().writeInt32(7).buffer, body.buffer]);
    expect(deleteRecordsApi.decode(answer)).toEqual({
      throttleMs: 7,
      partitions: places.map((place) => ({ ...place, lowWatermark: -1, errorCode: 1 })),
    });
  });

  it('of add-partitions-to-txn', () => {
    const body = perTopic((partition) => fields().writeInt32(partition).writeInt16(51));
    const answer = Buffer.concat([fields().writeInt32(7).buffer, body.buffer]);
    expect(addPartitionsToTxnApi.decode(answer)).toEqual({
      throttleMs: 7,
      partitions: places.map((place) => ({ ...place, errorCode: 51 })),
    });
  });

  it('of init-producer-id, as kafkajs reads it', async () => {
    const answer = fields().writeInt32(0).writeInt16(0).writeInt64(4_294_967_297).writeInt16(3).buffer;
    const theirs = await kafkajsAnswer('initProducerId/v1').decode(answer);
    expect(theirs).toMatchObject({ producerId: '4294967297', producerEpoch: 3 });
    expect(initProducerIdApi.decode(answer)).toEqual({ throttleMs: 0, errorCode: 0, producerId: 4_294_967_297, producerEpoch: 3 });
  });

  it('of end-txn', () => {
    expect(endTxnApi.decode(fields().writeInt32(3).writeInt16(48).buffer)).toEqual({ throttleMs: 3, errorCode: 48 });
  });

  it('of find-coordinator, also without one', () => {
    const answer = fields().writeInt32(0).writeInt16(15).writeString(null).writeInt32(-1).writeString('').writeInt32(-1).buffer;
    expect(findCoordinatorApi.decode(answer)).toEqual({ throttleMs: 0, errorCode: 15, errorMessage: null, nodeId: -1, host: '', port: -1 });
  });

  it('wherever they are cut off, as answers that can not be read', () => {
    const answer = perTopic((partition) => fields().writeInt32(partition).writeInt16(0).writeInt64(1).writeInt64(-1)).writeInt32(7).buffer;
    for (let length = 0; length < answer.length; length += 1)
      expect(() => produceApi.decode(answer.subarray(0, length))).toThrow(AnswerUnreadable);
  });

  it('with an offset above 2^53 as answers that can not be read, not as another offset', () => {
    const answer = fields().writeInt32(0).writeInt16(0).buffer;
    const producerId = Buffer.from('7fffffffffffffff0000', 'hex');
    expect(() => initProducerIdApi.decode(Buffer.concat([answer, producerId]))).toThrow(AnswerUnreadable);
  });
});

/** Bytes from hexadecimal digits; spaces set fields apart. */
const bytes = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

describe('flexible versions', () => {
  const topicId = '01234567-89ab-cdef-0123-456789abcdef';
  const idBytes = '0123456789abcdef0123456789abcdef';

  it('metadata is asked for by name, and never creates a topic', () => {
    const name = Buffer.from('parcels').toString('hex');
    expect(metadataApi.encode({ topics: ['parcels'] })).toEqual(bytes(`0002${'00'.repeat(16)}08${name}0000000000`));
    expect(metadataApi.encode({ topics: null })).toEqual(bytes('000000000000'));
    expect(metadataApi.encode({ topics: [] })).toEqual(bytes('000100000000'));
  });

  it('metadata is read, past tagged fields that a later broker adds', () => {
    const tags = '01050301ff02';
    const broker = `00000001 0a ${Buffer.from('localhost').toString('hex')}0000238400${tags}`;
    const partition = `0009 00000004 ffffffff 00000002  03 0000000100000002 02 00000001 01 ${tags}`;
    const topic = `0000 02 ${Buffer.from('p').toString('hex')}${idBytes}00 02 ${partition}80000000${tags}`;
    const answer = `${tags}00000000 02 ${broker} 00 00000001 02 ${topic}80000000${tags}`;
    expect(metadataApi.decode(bytes(answer))).toEqual({
      throttleMs: 0,
      brokers: [{ nodeId: 1, host: 'localhost', port: 9092, rack: null }],
      clusterId: null,
      controllerId: 1,
      topics: [
        {
          errorCode: 0,
          name: 'p',
          topicId,
          isInternal: false,
          partitions: [{ errorCode: 9, partition: 4, leaderId: -1, leaderEpoch: 2, replicas: [1, 2], isr: [1], offline: [] }],
        },
      ],
    });
  });

  it('fetch asks for committed records of topics by id, in no session and from the leader', () => {
    const partitions = [
      { topicId, partition: 2, fetchOffset: 5_000_000_000, maxBytes: 1000 },
      { topicId, partition: 0, fetchOffset: 0, maxBytes: 2000 },
    ];
    const asked = fetchApi.encode({ maxWaitMs: 100, minBytes: 1, maxBytes: 9000, partitions });
    const first = '00000002ffffffff000000012a05f200ffffffffffffffffffffffff000003e800';
    const second = '00000000ffffffff0000000000000000ffffffffffffffffffffffff000007d000';
    expect(asked).toEqual(bytes(`00ffffffff000000640000000100002328 01 00000000ffffffff 02 ${idBytes} 03 ${first}${second}00 01  01 00`));
  });

  it('fetch answers bring ends, aborted transactions and the record set as a piece of the answer', () => {
    const aborted = '0000000000000007000000000000000300';
    const partition = `000000020000 0000000000000009  0000000000000008  0000000000000001  02 ${aborted}ffffffff 04 aabbcc00`;
    const refused = `000000000067 ffffffffffffffff ffffffffffffffff ffffffffffffffff  00 ffffffff 00 00`;
    const answer = bytes(`0000000005000000000000 02 ${idBytes} 03 ${partition}${refused}0000`);
    const read = fetchApi.decode(answer);
    expect(read).toEqual({
      throttleMs: 5,
      errorCode: 0,
      partitions: [
        {
          topicId,
          partition: 2,
          errorCode: 0,
          highWatermark: 9,
          lastStableOffset: 8,
          logStartOffset: 1,
          abortedTransactions: [{ producerId: 7, firstOffset: 3 }],
          recordSet: Buffer.from('aabbcc', 'hex'),
        },
        {
          topicId,
          partition: 0,
          errorCode: 103,
          highWatermark: -1,
          lastStableOffset: -1,
          logStartOffset: -1,
          abortedTransactions: [],
          recordSet: Buffer.alloc(0),
        },
      ],
    });
    expect(read.partitions[0]?.recordSet.buffer).toBe(answer.buffer);
  });
});
