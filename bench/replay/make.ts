import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outgoing } from '../../src/engine/log.ts';
import { promises, scans, scansEach } from './workload.ts';

const headerBytes = 8 + 4 + 4 + 4;

/** Records of one topic as bytes: time, partition, lengths of key and value, key, value. */
const pack = (records: readonly Outgoing[]): Buffer => {
  const size = records.reduce((sum, { key, value }) => sum + headerBytes + (key?.length ?? 0) + (value?.length ?? 0), 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { key, value, partition, timestamp } of records) {
    bytes.writeDoubleLE(timestamp, at);
    bytes.writeUInt32LE(partition, at + 8);
    bytes.writeUInt32LE(key?.length ?? 0, at + 12);
    bytes.writeUInt32LE(value?.length ?? 0, at + 16);
    at += headerBytes;
    at += key?.copy(bytes, at) ?? 0;
    at += value?.copy(bytes, at) ?? 0;
  }
  return bytes;
};

/** Writes the events into a folder, one file for some ten thousand: made once, so that making them burdens no measured process. */
const [folder = '.'] = process.argv.slice(2);
const write = (name: string, parts: Iterable<readonly Outgoing[]>): void => {
  let part = 0;
  for (const records of parts) writeFileSync(join(folder, `${name}-${String((part += 1)).padStart(3, '0')}`), pack(records));
};
write('promises', promises());
for (let scan = 0; scan < scansEach; scan += 1) write(`scans-${scan}`, scans(scan));
