const magicNumber = 0x184d2204;
const flag = { version: 0xc0, version1: 0x40, blockChecksum: 0x10, contentSize: 0x08, dictionary: 0x01 } as const;
const uncompressedBlock = 0x8000_0000;
/** Of a match that is coded as 0. */
const shortestMatch = 4;
/** A length that doesn't fit its four bits goes on in whole bytes. */
const lengthGoesOn = 15;

/**
 * Output that grows with what is really in the frame, to `maxBytes`: a frame says at most how much a block may hold, and
 * believing it would give a few hostile bytes as much memory as they ask for.
 */
class Output {
  bytes: Buffer;
  length = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number, expectedBytes: number) {
    this.#maxBytes = maxBytes;
    this.bytes = Buffer.allocUnsafe(Math.min(maxBytes, expectedBytes));
  }

  room(more: number): void {
    const needed = this.length + more;
    if (needed > this.#maxBytes) throw new RangeError(`more than ${this.#maxBytes} bytes`);
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(needed, this.bytes.length * 2)));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  append(from: Buffer, start: number, end: number): void {
    this.room(end - start);
    from.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  /** Bytes seen before, once more; they may overlap with what they make. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) throw new RangeError('a match begins before the frame');
    this.room(count);
    const { bytes, length } = this;
    if (distance >= count) bytes.copyWithin(length, length - distance, length - distance + count);
    else for (let at = length; at < length + count; at += 1) bytes[at] = bytes[at - distance] ?? 0;
    this.length += count;
  }
}

/**
 * An LZ4 frame (LZ4 Frame Format 1.6.1, lz4_Frame_format.md) as its bytes. The frame's own checksums are not looked at:
 * the batch's CRC32C has covered every byte. Throws a RangeError when the frame is cut off, makes no sense or holds more than
 * `maxBytes`. Written here because the libraries are native, unkept, or believe what a frame says.
 */
export const lz4Frame = (frame: Buffer, maxBytes: number): Buffer => {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magicNumber) throw new RangeError('no LZ4 frame');
  const flags = frame[4] ?? 0;
  if ((flags & flag.version) !== flag.version1) throw new RangeError('an unknown version of LZ4 frames');
  if ((flags & flag.dictionary) !== 0) throw new RangeError('an LZ4 frame with a dictionary');
  let at = (flags & flag.contentSize) !== 0 ? 15 : 7;
  const output = new Output(maxBytes, frame.length * 4);
  for (;;) {
    if (at + 4 > frame.length) throw new RangeError('an LZ4 frame that is cut off');
    const word = frame.readUInt32LE(at);
    at += 4;
    if (word === 0) return output.bytes.subarray(0, output.length);
    const blockBytes = word % uncompressedBlock;
    const end = at + blockBytes;
    if (end > frame.length) throw new RangeError('an LZ4 frame that is cut off');
    if (word >= uncompressedBlock) output.append(frame, at, end);
    else decompressBlock(frame, at, end, output);
    at = end + ((flags & flag.blockChecksum) !== 0 ? 4 : 0);
  }
};

/** One block (lz4_Block_format.md): literals, then a match, in turn; the last has literals alone. */
const decompressBlock = (frame: Buffer, start: number, end: number, output: Output): void => {
  let at = start;
  const longer = (length: number): number => {
    let sum = length;
    for (let byte = 255; byte === 255; sum += byte) {
      if (at >= end) throw new RangeError('an LZ4 block that is cut off');
      byte = frame[at++] ?? 0;
    }
    return sum;
  };
  while (at < end) {
    const token = frame[at++] ?? 0;
    const literals = token >>> 4 === lengthGoesOn ? longer(lengthGoesOn) : token >>> 4;
    if (at + literals > end) throw new RangeError('an LZ4 block that is cut off');
    output.append(frame, at, at + literals);
    at += literals;
    if (at === end) return;
    if (at + 2 > end) throw new RangeError('an LZ4 block that is cut off');
    const distance = frame.readUInt16LE(at);
    at += 2;
    const match = (token & 15) === lengthGoesOn ? longer(lengthGoesOn) : token & 15;
    output.repeat(distance, match + shortestMatch);
  }
};
