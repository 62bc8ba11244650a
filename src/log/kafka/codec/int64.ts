const upper = 4_294_967_296;

/** A signed big-endian int64 as a number: exact up to 2^53, beyond that the nearest double. BigInt would allocate. */
export const readInt64 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * upper + bytes.readUInt32BE(at + 4);

/** Writes a safe integer as a signed big-endian int64. */
export const writeInt64 = (bytes: Buffer, value: number, at: number): void => {
  bytes.writeInt32BE(Math.floor(value / upper), at);
  bytes.writeUInt32BE(value >>> 0, at + 4);
};
