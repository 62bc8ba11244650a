import { ask } from '../../broker/wire.ts';

const alterClientQuotas = 49;

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const string = (text: string): Buffer => {
  const length = Buffer.alloc(2);
  length.writeInt16BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};

/**
 * Has the broker (`host:port`) throttle who calls himself `clientId` to so many bytes a second, written or read (KIP-546,
 * AlterClientQuotas v0).
 */
export const limitClient = async (
  broker: string,
  clientId: string,
  quota: 'producer_byte_rate' | 'consumer_byte_rate',
  bytesASecond: number,
): Promise<void> => {
  const value = Buffer.alloc(8);
  value.writeDoubleBE(bytesASecond);
  const no = Buffer.from([0]);
  const answer = await ask(broker, {
    apiKey: alterClientQuotas,
    apiVersion: 0,
    body: Buffer.concat([int32(1), int32(1), string('client-id'), string(clientId), int32(1), string(quota), value, no, no]),
  });
  // The throttle time, an array of one, its error.
  const error = answer.readInt16BE(8);
  if (error !== 0) throw new Error(`alter client quotas: error ${error}`);
};
