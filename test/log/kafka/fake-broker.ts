import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { RequestWriter } from '../../../src/log/kafka/codec/request-writer.ts';
import { splitFrames } from '../../broker/split-frames.ts';
import { apiKeys } from '../../broker/wire.ts';

/** Those of the keys that only a connection asks for. */
export const saslKeys = { handshake: 17, authenticate: 36 } as const;

/** A request: the bytes behind its header's client id, where a flexible version has a byte of tags first. */
export interface Asked {
  readonly apiKey: number;
  readonly body: Buffer;
}

/** What comes of it: the bytes behind the answer's correlation id, no answer at all, or the connection closed. */
export type Answered = Buffer | 'none' | 'close';

type Answers = (asked: Asked, port: number) => Answered;

/** A broker that answers as it is told, for what a real one does at a bad moment only. It says of itself that it takes every version. */
export class FakeBroker {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How many connections there ever were. */
  accepted = 0;

  private constructor(answers: Answers) {
    this.#server = createServer((socket) => {
      this.accepted += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      void this.#serve(socket, answers);
    });
  }

  static async start(answers: Answers): Promise<FakeBroker> {
    const broker = new FakeBroker(answers);
    broker.#server.listen(0, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket: Socket, answers: Answers): Promise<void> {
    for await (const frame of splitFrames(socket)) {
      const apiKey = frame.readInt16BE(4);
      // Before the body: size, key, version, correlation id, client id.
      const body = frame.subarray(14 + Math.max(0, frame.readInt16BE(12)));
      const answered = apiKey === apiKeys.apiVersions ? everyVersion() : answers({ apiKey, body }, this.port);
      if (answered === 'close') socket.end();
      if (typeof answered === 'string') continue;
      const head = Buffer.alloc(8);
      head.writeInt32BE(4 + answered.length, 0);
      frame.copy(head, 4, 8, 12);
      socket.write(Buffer.concat([head, answered]));
    }
  }
}

const everyVersion = (): Buffer => {
  const writer = new RequestWriter();
  writer.int16(0).array([...Object.values(apiKeys), ...Object.values(saslKeys)], (apiKey) => writer.int16(apiKey).int16(0).int16(99));
  return writer.int32(0).done();
};

/** The id of a topic in its so many-eth life. */
const topicId = (life: number): string => `00000000-0000-0000-0000-${String(life).padStart(12, '0')}`;

/** The answer to Metadata v10: one broker, node 0, which leads `partitions` of `topic` unless another `leader` (-1: nobody) does. */
export const metadataAnswer = (
  port: number,
  topic: string,
  partitions: number,
  { life = 1, leader = 0 }: { readonly life?: number; readonly leader?: number } = {},
): Buffer => {
  const writer = new RequestWriter().noTags().int32(0);
  writer.compactArray([0], (node) => writer.int32(node).compactString('127.0.0.1').int32(port).unsignedVarint(0).noTags());
  writer.unsignedVarint(0).int32(0);
  writer.compactArray([topic], (name) => {
    writer.int16(0).compactString(name).uuid(topicId(life)).bool(false);
    writer.compactArray(
      Array.from({ length: partitions }, (_, partition) => partition),
      (partition) => {
        writer.int16(0).int32(partition).int32(leader).int32(0);
        for (const nodes of [[0], [0], []]) writer.compactArray(nodes, (node) => writer.int32(node));
        writer.noTags();
      },
    );
    writer.int32(0).noTags();
  });
  return writer.noTags().done();
};

/** The answer to ListOffsets v2: of each partition the offset. */
export const offsetsAnswer = (topic: string, offsets: readonly (readonly [partition: number, offset: number])[]): Buffer => {
  const writer = new RequestWriter().int32(0);
  writer.array([topic], (name) => {
    writer.string(name).array(offsets, ([partition, offset]) => writer.int32(partition).int16(0).int64(-1).int64(offset));
  });
  return writer.done();
};

/** The answer to Produce v3 of one batch: where it stands. */
export const producedAnswer = (topic: string, partition: number, offset: number): Buffer => {
  const writer = new RequestWriter();
  writer.array([topic], (name) => {
    writer.string(name).array([partition], (each) => writer.int32(each).int16(0).int64(offset).int64(-1));
  });
  return writer.int32(0).done();
};

/** The partitions that a Fetch v13 of one topic asks for, and where from. */
export const fetchAsked = (body: Buffer): readonly { readonly partition: number; readonly offset: number }[] => {
  // Tags, replica, waiting time, bytes, isolation, session; one topic, its id, its partitions.
  let at = 1 + 4 + 4 + 4 + 4 + 1 + 8 + 1 + 16;
  const count = (body[at++] ?? 1) - 1;
  return Array.from({ length: count }, () => {
    const asked = { partition: body.readInt32BE(at), offset: Number(body.readBigInt64BE(at + 8)) };
    at += 4 + 4 + 8 + 4 + 8 + 4 + 1;
    return asked;
  });
};

/** The answer to Fetch v13: of each partition its end, and the batches. */
export const fetchAnswer = (
  partitions: readonly { readonly partition: number; readonly high: number; readonly batches: Buffer }[],
  life = 1,
): Buffer => {
  const writer = new RequestWriter().noTags().int32(0).int16(0).int32(0);
  writer.compactArray([topicId(life)], (id) => {
    writer.uuid(id).compactArray(partitions, ({ partition, high, batches }) => {
      writer.int32(partition).int16(0).int64(high).int64(high).int64(0).unsignedVarint(1).int32(-1);
      writer.unsignedVarint(batches.length + 1);
      for (const byte of batches) writer.int8(byte > 127 ? byte - 256 : byte);
      writer.noTags();
    });
    writer.noTags();
  });
  return writer.noTags().done();
};
