import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { splitFrames } from './split-frames.ts';

/** API keys of requests that tests name. Source: https://kafka.apache.org/protocol#protocol_api_keys */
export const apiKeys = {
  produce: 0,
  fetch: 1,
  listOffsets: 2,
  metadata: 3,
  offsetCommit: 8,
  findCoordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
  leaveGroup: 13,
  syncGroup: 14,
  apiVersions: 18,
  deleteRecords: 21,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
  describeTransactions: 65,
} as const;

/** A request in bytes. `isFlexible`: its version has tagged fields, so its header ends with one. */
export interface RawRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly isFlexible?: boolean;
  readonly body: Buffer;
}

/** A request and its answer over a connection of their own, `host:port`. Gives the bytes behind the answer's correlation id. */
export const ask = async (address: string, request: RawRequest): Promise<Buffer> => {
  const socket = await open(address);
  try {
    socket.write(frameOf(request));
    for await (const frame of splitFrames(socket)) return frame.subarray(8);
    throw new Error(`${address} closed the connection without an answer`);
  } finally {
    socket.destroy();
  }
};

const answerWithinMs = 10_000;

const open = async (address: string): Promise<Socket> => {
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  const socket = connect({ host, port: Number(port) });
  await once(socket, 'connect', { signal: AbortSignal.timeout(answerWithinMs) });
  socket.setTimeout(answerWithinMs, () => socket.destroy());
  return socket;
};

/** The request with its size, ready to be sent. Its correlation id is 1. */
export const frameOf = ({ apiKey, apiVersion, isFlexible = false, body }: RawRequest): Buffer => {
  const header = Buffer.alloc(14);
  header.writeInt32BE(10 + (isFlexible ? 1 : 0) + body.length, 0);
  header.writeInt16BE(apiKey, 4);
  header.writeInt16BE(apiVersion, 6);
  header.writeInt32BE(1, 8);
  header.writeInt16BE(-1, 12); // No client id.
  return Buffer.concat([header, Buffer.alloc(isFlexible ? 1 : 0), body]);
};

const string = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** How many brokers this one (`host:port`) knows of. */
export const countBrokers = async (broker: string): Promise<number> => {
  // The request: an array of no topics.
  const answer = await ask(broker, { apiKey: apiKeys.metadata, apiVersion: 1, body: int32(0) });
  return answer.readInt32BE(0);
};

/** `host:port` of the broker that coordinates a group or a transactional id, as `broker` says. Throws while there is none. */
export const coordinatorOf = async (broker: string, of: 'group' | 'transaction', id: string): Promise<string> => {
  const answer = await ask(broker, {
    apiKey: apiKeys.findCoordinator,
    apiVersion: 1,
    body: Buffer.concat([string(id), Buffer.from([of === 'group' ? 0 : 1])]),
  });
  const error = answer.readInt16BE(4);
  if (error !== 0) throw new Error(`find coordinator: error ${error}`);
  const host = 6 + 2 + Math.max(0, answer.readInt16BE(6)) + 4;
  const hostEnd = host + 2 + answer.readInt16BE(host);
  return `${answer.toString('utf8', host + 2, hostEnd)}:${answer.readInt32BE(hostEnd)}`;
};

/** Throws while the coordinators of groups and of transactions are still loading. */
export const checkCoordinators = async (broker: string): Promise<void> => {
  const id = 'until-ready';
  const groups = await ask(await coordinatorOf(broker, 'group', id), {
    apiKey: apiKeys.heartbeat,
    apiVersion: 0,
    body: Buffer.concat([string(id), int32(0), string('nobody')]),
  });
  const unknownMember = 25;
  if (groups.readInt16BE(0) !== unknownMember) throw new Error(`group coordinator: error ${groups.readInt16BE(0)}`);
  const transactions = await ask(await coordinatorOf(broker, 'transaction', id), {
    apiKey: apiKeys.initProducerId,
    apiVersion: 0,
    body: Buffer.concat([string(id), int32(10_000)]),
  });
  if (transactions.readInt16BE(4) !== 0) throw new Error(`transaction coordinator: error ${transactions.readInt16BE(4)}`);
};

/**
 * What the coordinator says of the last transaction of an id (KIP-664): `Empty`, `Ongoing`, `PrepareCommit`, `PrepareAbort`,
 * `CompleteCommit`, `CompleteAbort` ...; while it prepares, the decision is made and the markers are being written.
 */
export const transactionState = async (broker: string, transactionalId: string): Promise<string> => {
  const id = Buffer.from(transactionalId);
  const answer = await ask(await coordinatorOf(broker, 'transaction', transactionalId), {
    apiKey: apiKeys.describeTransactions,
    apiVersion: 0,
    isFlexible: true,
    // An array of one, a string (lengths plus one, as varints: below 127 a byte), no tags.
    body: Buffer.concat([Buffer.from([2, id.length + 1]), id, Buffer.from([0])]),
  });
  // A byte of tags, the throttle time, an array of one, the error, the id, the state.
  const error = answer.readInt16BE(6);
  if (error !== 0) throw new Error(`describe transaction: error ${error}`);
  const state = 8 + (answer[8] ?? 0);
  return answer.toString('utf8', state + 1, state + (answer[state] ?? 0));
};
