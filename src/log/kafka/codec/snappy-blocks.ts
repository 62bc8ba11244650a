import { snappyUncompressor } from 'hysnappy';

/** Java's snappy streams begin with this and two versions of four bytes each (SnappyCodec in xerial's snappy-java). */
const streamMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const streamHeadBytes = 16;

let uncompressor: ReturnType<typeof snappyUncompressor> | undefined;

/** How many bytes a block says that it holds: a varint without sign in front of it. */
const lengthOf = (block: Buffer): number => {
  let length = 0;
  for (let at = 0, scale = 1; at < 5; at += 1, scale *= 128) {
    const byte = block[at];
    if (byte === undefined) break;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return length;
  }
  throw new RangeError('no snappy block');
};

const uncompress = (block: Buffer, maxBytes: number): Uint8Array => {
  const length = lengthOf(block);
  if (length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
  uncompressor ??= snappyUncompressor();
  return uncompressor(block, length);
};

const startsStream = (bytes: Buffer, at: number): boolean =>
  bytes.length - at >= streamHeadBytes && streamMagic.equals(bytes.subarray(at, at + streamMagic.length));

/**
 * Snappy as its bytes: one block as most clients write it, or Java's stream of blocks with their lengths before them (streams
 * may follow each other). Throws an Error when it is cut off, makes no sense or holds more than `maxBytes`.
 */
export const snappyBlocks = (bytes: Buffer, maxBytes: number): Buffer => {
  if (!startsStream(bytes, 0)) return asBuffer(uncompress(bytes, maxBytes));
  const blocks: Uint8Array[] = [];
  let left = maxBytes;
  for (let at = 0; at < bytes.length;) {
    if (startsStream(bytes, at)) {
      at += streamHeadBytes;
      continue;
    }
    if (at + 4 > bytes.length) throw new RangeError('a snappy stream that is cut off');
    const end = at + 4 + bytes.readInt32BE(at);
    if (end < at + 4 || end > bytes.length) throw new RangeError('a snappy stream that is cut off');
    const block = uncompress(bytes.subarray(at + 4, end), left);
    blocks.push(block);
    left -= block.length;
    at = end;
  }
  return Buffer.concat(blocks, maxBytes - left);
};

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
