import { KafkaAdmin } from '../../src/log/kafka/admin.ts';
import { KafkaLog } from '../../src/log/kafka/kafka-log.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { made } from '../replay/made.ts';
import { beginning, scansEach, ticks } from '../replay/workload.ts';
import { settingsOf, topicsOf } from './topics.ts';

/** Writes what `make.ts` made onto the broker, once for all runs. */
const [brokers = '', folder = '.', workload = ''] = process.argv.slice(2);
const settings = settingsOf(brokers, workload, workload);
const admin = await KafkaAdmin.open(settings);
await admin.create(topicsOf(workload, 'workload'));
admin.close();
const log = new KafkaLog(settings);
for (const some of made(folder, 'promises', deliveryPromises.name)) await log.append(some);
await log.append(beginning);
for (let scan = 0; scan < scansEach; scan += 1)
  for (const some of made(folder, `scans-${scan}`, deliveryTracking.name)) await log.append(some);
await log.append(ticks(scansEach - 1));
await log.close();
