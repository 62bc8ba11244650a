import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { unreadable } from './lines.ts';

const blockLength = 256 * 1024;

/**
 * Writes lines to a file beside `path` and renames it, so that the file appears whole or not at all; an older one is
 * replaced. Throws AMENDS_FILE_UNREADABLE, and what `lines` throws.
 */
export const writeLines = async (path: string, lines: Iterable<string>): Promise<void> => {
  const beside = `${path}.part`;
  const stream = createWriteStream(beside);
  const done = finished(stream);
  // Awaited below; an error in between must not count as unhandled meanwhile.
  done.catch(() => {});
  try {
    let block = '';
    for (const line of lines) {
      block += `${line}\n`;
      if (block.length < blockLength) continue;
      if (!stream.write(block)) await Promise.race([once(stream, 'drain'), done]);
      block = '';
    }
    stream.end(block);
    await done;
    await rename(beside, path);
  } catch (error) {
    stream.destroy();
    await rm(beside, { force: true });
    // What the source of the lines throws is not the file's fault.
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error;
  }
};
