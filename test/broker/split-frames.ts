import type { Readable } from 'node:stream';

/** Kafka's frames as they come: four bytes of size and that many more, whole. Ends with the stream, also when it breaks. */
export async function* splitFrames(stream: Readable): AsyncGenerator<Buffer, void> {
  let parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      parts.push(bytes);
      length += bytes.length;
      while (length >= 4) {
        if ((parts[0]?.length ?? 0) < 4) parts = [Buffer.concat(parts)];
        const size = 4 + (parts[0]?.readInt32BE(0) ?? 0);
        if (length < size) break;
        const all = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
        yield all.subarray(0, size);
        parts = [all.subarray(size)];
        length -= size;
      }
    }
  } catch {
    // Whoever reads frames learns of a cut by their end.
  }
}
