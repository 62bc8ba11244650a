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

/** The answer to Metadata v10: one broker, node 0, which leads `partitions` of `topic`. */
export const metadataAnswer = (port: number, topic: string, partitions: number): Buffer => {
  const writer = new RequestWriter().noTags().int32(0);
  writer.compactArray([0], (node) => writer.int32(node).compactString('127.0.0.1').int32(port).unsignedVarint(0).noTags());
  writer.unsignedVarint(0).int32(0);
  writer.compactArray([topic], (name) => {
    writer.int16(0).compactString(name).uuid('00000000-0000-0000-0000-000000000001').bool(false);
    writer.compactArray(
      Array.from({ length: partitions }, (_, partition) => partition),
      (partition) => {
        writer.int16(0).int32(partition).int32(0).int32(0);
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
