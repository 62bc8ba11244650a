const upper = 4_294_967_296;

/** Bytes of an int32 as a zigzag varint: 1 to 5. */
export const varintBytes = (value: number): number => {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  return zigzag < 0x80 ? 1 : zigzag < 0x4000 ? 2 : zigzag < 0x20_0000 ? 3 : zigzag < 0x1000_0000 ? 4 : 5;
};

/** Writes an int32 as a zigzag varint; gives where the next byte goes. */
export const writeVarint = (bytes: Buffer, value: number, at: number): number => {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  let to = at;
  while (zigzag >= 0x80) {
    bytes[to++] = (zigzag & 0x7f) | 0x80;
    zigzag >>>= 7;
  }
  bytes[to++] = zigzag;
  return to;
};

const isInt32 = (value: number): boolean => value === (value | 0);

/** Bytes of a safe integer as a zigzag varlong: 1 to 8. */
export const varlongBytes = (value: number): number => {
  if (isInt32(value)) return varintBytes(value);
  const sign = value < 0 ? -1 : 0;
  const low = value | 0;
  let lower = ((low << 1) ^ sign) >>> 0;
  let higher = (((Math.floor(value / upper) << 1) | (low >>> 31)) ^ sign) >>> 0;
  let count = 1;
  while (higher !== 0 || lower >= 0x80) {
    lower = ((lower >>> 7) | (higher << 25)) >>> 0;
    higher >>>= 7;
    count += 1;
  }
  return count;
};

/** Writes a safe integer as a zigzag varlong; gives where the next byte goes. */
export const writeVarlong = (bytes: Buffer, value: number, at: number): number => {
  if (isInt32(value)) return writeVarint(bytes, value, at);
  const sign = value < 0 ? -1 : 0;
  const low = value | 0;
  let lower = ((low << 1) ^ sign) >>> 0;
  let higher = (((Math.floor(value / upper) << 1) | (low >>> 31)) ^ sign) >>> 0;
  let to = at;
  while (higher !== 0 || lower >= 0x80) {
    bytes[to++] = (lower & 0x7f) | 0x80;
    lower = ((lower >>> 7) | (higher << 25)) >>> 0;
    higher >>>= 7;
  }
  bytes[to++] = lower;
  return to;
};

/** Reads zigzag varints one after the other. Past the end it reads zeros: who uses it compares `at` with the end. */
export class VarintReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A varint of an int32. */
  int32(): number {
    const first = this.bytes[this.at] ?? 0;
    if (first < 0x80) {
      this.at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    let zigzag = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.bytes[this.at++] ?? 0;
      zigzag |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80 && shift < 35);
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  /** A varlong of an int64: exact up to 2^53, beyond that the nearest double. */
  int64(): number {
    const first = this.bytes[this.at] ?? 0;
    if (first < 0x80) {
      this.at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    let lower = 0;
    let higher = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.bytes[this.at++] ?? 0;
      const seven = byte & 0x7f;
      if (shift < 28) lower |= seven << shift;
      else if (shift === 28) {
        lower |= seven << 28;
        higher = seven >>> 4;
      } else higher |= seven << (shift - 32);
      shift += 7;
    } while (byte >= 0x80 && shift < 70);
    const sign = -(lower & 1);
    const low = (((lower >>> 1) | (higher << 31)) ^ sign) >>> 0;
    return ((higher >>> 1) ^ sign) * upper + low;
  }
}
