import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { lz4Frame } from './lz4-frame.ts';
import { snappyBlocks } from './snappy-blocks.ts';

interface Compression {
  readonly name: string;
  /** Throws an Error when the bytes make no sense or would become more than `maxBytes`. */
  decompress(bytes: Buffer, maxBytes: number): Buffer;
}

/** By their number in a batch's attributes. Others write with them; we never compress. */
const compressions: readonly Compression[] = [
  { name: 'none', decompress: (bytes) => bytes },
  { name: 'gzip', decompress: (bytes, maxBytes) => gunzipSync(bytes, { maxOutputLength: maxBytes }) },
  { name: 'snappy', decompress: snappyBlocks },
  { name: 'lz4', decompress: lz4Frame },
  { name: 'zstd', decompress: (bytes, maxBytes) => zstdDecompressSync(bytes, { maxOutputLength: maxBytes }) },
];

/** The compression of this number, if there is such a one. */
export const compressionOf = (number: number): Compression | undefined => compressions[number];
