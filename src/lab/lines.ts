import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { AmendsError } from '../happenings/errors.ts';

/** The longest line that is read, in bytes; a longer one is reported and passed over. */
export const maxLineBytes = 16 * 1024 * 1024;

/** A line of a file. `text` is undefined where it can't be read; `reason` says why. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Where it begins in the file, and its length without the line's end; bytes. */
  readonly offset: number;
  readonly length: number;
  readonly text?: string;
  readonly reason?: string;
}

const newline = 0x0a;
const chunkBytes = 1024 * 1024;
const byteOrderMark = Buffer.from('\uFEFF');

const read = (number: number, offset: number, bytes: Buffer): Line => {
  const place = { number, offset, length: bytes.length };
  if (bytes.length > maxLineBytes) return { ...place, reason: `longer than ${maxLineBytes} bytes` };
  if (!isUtf8(bytes)) return { ...place, reason: 'not UTF-8' };
  const withMark = offset === 0 && bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  return { ...place, text: (withMark ? bytes.subarray(byteOrderMark.length) : bytes).toString('utf8') };
};

/** AMENDS_FILE_UNREADABLE for what the file system answered. */
export const unreadable = (path: string, error: unknown): AmendsError =>
  new AmendsError('AMENDS_FILE_UNREADABLE', [`${path}: ${error instanceof Error ? error.message : String(error)}`]);

/**
 * The lines of a file, an array a chunk read; at most a chunk and a line are in memory. Blank lines are left out but
 * counted. Throws AMENDS_FILE_UNREADABLE.
 */
export async function* readLines(path: string): AsyncGenerator<readonly Line[]> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    let offset = 0;
    let number = 0;
    for (;;) {
      // A new buffer a chunk: lines that go on in the next one are views of it.
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, null).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      const lines: Line[] = [];
      const finish = (end: Buffer): void => {
        const length = pendingBytes + end.length;
        number += 1;
        if (length > maxLineBytes) lines.push({ number, offset, length, reason: `longer than ${maxLineBytes} bytes` });
        else {
          const line = read(number, offset, pending.length === 0 ? end : Buffer.concat([...pending, end], length));
          if (line.text === undefined || line.text.trim() !== '') lines.push(line);
        }
        offset += length + 1;
        pending = [];
        pendingBytes = 0;
      };
      if (bytesRead === 0) {
        if (pendingBytes > 0) finish(Buffer.alloc(0));
        if (lines.length > 0) yield lines;
        return;
      }
      let from = 0;
      for (let end = chunk.indexOf(newline); end !== -1 && end < bytesRead; end = chunk.indexOf(newline, from)) {
        finish(chunk.subarray(from, end));
        from = end + 1;
      }
      const rest = chunk.subarray(from, bytesRead);
      pendingBytes += rest.length;
      // Of a line beyond the limit only the length is kept.
      if (pendingBytes > maxLineBytes) pending = [];
      else if (rest.length > 0) pending.push(rest);
      if (lines.length > 0) yield lines;
    }
  } finally {
    await file.close();
  }
}
