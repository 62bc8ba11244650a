import type { LogRecord } from '../../src/engine/log.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { made } from './made.ts';
import { scansEach } from './workload.ts';

/** The floor: the scans through parse and validation, and nothing else. Prints CPU seconds as JSON. */
const [folder = '.'] = process.argv.slice(2);
let cpuMicros = 0;
for (let scan = 0; scan < scansEach; scan += 1)
  for (const records of made(folder, `scans-${scan}`, deliveryTracking.name)) {
    const before = process.cpuUsage();
    for (const [offset, { topic, partition, key, value, timestamp }] of records.entries()) {
      const record: LogRecord = { topic, partition, offset, key, value, timestamp, headers: () => new Map() };
      if (deliveryTracking.decode(record).kind !== 'read') throw new Error('a scan that can not be read');
    }
    const { user, system } = process.cpuUsage(before);
    cpuMicros += user + system;
  }
process.stdout.write(JSON.stringify({ cpuSeconds: cpuMicros / 1e6 }));
