import type { Outgoing } from '../../src/engine/log.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { after, hourMs } from '../../src/values/time.ts';
import { logOf } from '../support/log-of.ts';
import { promiseOf, recordOf, scanOf } from '../support/parcels.ts';
import { ticksOf } from '../support/ticks.ts';
import { partitions, promisedAt, roundAt, scans, until } from './open-shipments.ts';

/** Writes the promise and the scans of so many parcels onto the log, in the order of time. */
const [brokers = '', prefix = '', count = '0'] = process.argv.slice(2);
const parcels = Number(count);
const log = logOf(brokers, prefix);
const atATime = 5_000;
const write = async (make: (parcel: number) => Outgoing): Promise<void> => {
  for (let from = 0; from < parcels; from += atATime)
    await log.append(Array.from({ length: Math.min(atATime, parcels - from) }, (_, at) => make(from + at)));
};
const topics = [deliveryPromises.name, deliveryTracking.name];
await write((parcel) => recordOf(deliveryPromises, promiseOf(parcel, promisedAt, until), partitions, promisedAt));
for (const [round, status] of scans.entries())
  await write((parcel) => {
    const at = after(roundAt(round), Math.floor((parcel * hourMs) / parcels));
    return recordOf(deliveryTracking, scanOf(parcel, at, status), partitions, at);
  });
await log.append(ticksOf(topics, partitions, roundAt(scans.length)));
await log.close();
