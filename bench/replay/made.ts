import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Outgoing } from '../../src/engine/log.ts';
import { instant } from '../../src/values/time.ts';

let slab = Buffer.allocUnsafeSlow(0);

/** What `make.ts` wrote under a name, a part at a time: its bytes are overwritten by the next part. */
export function* made(folder: string, name: string, topic: string): Iterable<readonly Outgoing[]> {
  const files = readdirSync(folder).filter((file) => file.startsWith(`${name}-`));
  for (const file of files.toSorted()) {
    const path = join(folder, file);
    const size = statSync(path).size;
    if (slab.length < size) slab = Buffer.allocUnsafeSlow(2 * size);
    const from = openSync(path, 'r');
    readSync(from, slab, 0, size, 0);
    closeSync(from);
    const bytes = slab.subarray(0, size);
    const records: Outgoing[] = [];
    for (let at = 0; at < bytes.length;) {
      const keyAt = at + 20;
      const valueAt = keyAt + bytes.readUInt32LE(at + 12);
      const end = valueAt + bytes.readUInt32LE(at + 16);
      const key = bytes.subarray(keyAt, valueAt);
      const value = bytes.subarray(valueAt, end);
      records.push({ topic, partition: bytes.readUInt32LE(at + 8), key, value, timestamp: instant(bytes.readDoubleLE(at)) });
      at = end;
    }
    yield records;
  }
}
