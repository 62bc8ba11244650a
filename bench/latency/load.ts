import type { Outgoing } from '../../src/engine/log.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { realClock } from '../../src/values/clock.ts';
import { after, dayMs } from '../../src/values/time.ts';
import { logOf } from '../support/log-of.ts';
import { promiseOf, recordOf, scanOf } from '../support/parcels.ts';

/**
 * Carriers that scan `perSecond` parcels for `seconds`, by turns those from 0 to `parcels`, and declare `lostPerSecond` others lost,
 * from number `lostFrom` on. With `perSecond` 0: the promises of all parcels below `parcels`. Prints how many it wrote a second.
 */
const [brokers = '', prefix = '', ...figures] = process.argv.slice(2);
const [partitions = 1, parcels = 0, perSecond = 0, seconds = 0, lostPerSecond = 0, lostFrom = 0] = figures.map(Number);
const log = logOf(brokers, prefix);

const promiseAll = async (): Promise<number> => {
  const now = realClock.now();
  const until = new Date(after(now, 3 * dayMs)).toISOString().slice(0, 10);
  for (let from = 0; from < parcels; from += 2_000)
    await log.append(
      Array.from({ length: Math.min(2_000, parcels - from) }, (_, at) =>
        recordOf(deliveryPromises, promiseOf(from + at, now, until), partitions, now),
      ),
    );
  return parcels;
};

/** Little and often, as carriers write: what is due by now every 20 ms. */
const scanOn = async (): Promise<number> => {
  const begunAt = performance.now();
  let scans = 0;
  let lost = 0;
  for (;;) {
    const passed = Math.min(seconds, (performance.now() - begunAt) / 1e3);
    const records: Outgoing[] = [];
    const now = realClock.now();
    for (; scans < passed * perSecond; scans += 1)
      records.push(recordOf(deliveryTracking, scanOf(scans % parcels, now, 'in-transit'), partitions, now));
    for (; lost < passed * lostPerSecond; lost += 1)
      records.push(recordOf(deliveryTracking, scanOf(lostFrom + lost, now, 'exception', 'lost'), partitions, now));
    if (records.length > 0) await log.append(records);
    if (passed >= seconds) return Math.round((scans * 1e3) / (performance.now() - begunAt));
    await realClock.wait(20);
  }
};

const wrote = perSecond === 0 ? await promiseAll() : await scanOn();
await log.close();
process.stdout.write(JSON.stringify({ wrote }));
