import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outgoing } from '../../src/engine/log.ts';
import { instant } from '../../src/values/time.ts';

/** What `make.ts` wrote under a name, a part at a time. */
export function* made(folder: string, name: string, topic: string): Iterable<readonly Outgoing[]> {
  const files = readdirSync(folder).filter((file) => file.startsWith(`${name}-`));
  for (const file of files.toSorted()) {
    const bytes = readFileSync(join(folder, file));
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
