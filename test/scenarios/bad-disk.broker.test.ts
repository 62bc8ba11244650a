import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { secondMs } from '../../src/values/time.ts';
import { describeJava } from '../broker/describe-broker.ts';
import { smallDisk } from '../broker/small-disk.ts';
import { startCluster } from '../broker/start-cluster.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { LiveInstallation } from './support/live-installation.ts';
import { untilItSays, untilReady } from './support/until-it-says.ts';

const disk = smallDisk(256);
if ('why' in disk) process.stderr.write(`\nSKIPPED: a broker whose disk is full: no small disk can be mounted here: ${disk.why}\n`);

await describeJava('a broker whose disk is full', () => {
  afterAll(() => {
    if ('remove' in disk) disk.remove();
  });

  it.skipIf('why' in disk)('says so, orders nothing, and goes on once there is room: all who are owed are paid once', async () => {
    if ('why' in disk) return;
    const cluster = await startCluster(1, { properties: { 'log.dirs': join(disk.folder, 'data') } });
    const on = await LiveInstallation.ready(cluster.brokers);
    try {
      const [node] = cluster.nodes;
      const running = on.start();
      await untilReady(running);
      await on.promise(['before']);
      await on.untilRefunded(['before']);
      await on.promise(['arrived', 'missing'], 4 * secondMs);
      await on.deliver(['arrived']);
      disk.fill();
      await untilItSays(running, /is waiting: /);
      // Its only disk has failed: Kafka ends such a broker by itself.
      await waitUntil('the broker has ended itself', () => node?.pid === undefined, 60_000);
      const why = await untilItSays(running, /ECONNREFUSED|KAFKA_STORAGE_ERROR/);
      expect(why).toMatch(/delivery\/\d is waiting: /);
      disk.makeRoom();
      await node?.start();
      await untilReady(running);
      await on.untilRefunded(['missing']);
      await on.untilOver(running);
      expect({ late: await on.foundLate(), refunded: await on.refunded() }).toEqual({
        late: ['before', 'missing'],
        refunded: ['before', 'missing'],
      });
      expect(await running.end('SIGTERM')).toBe(0);
    } finally {
      await on.remove().catch(() => {});
      await cluster.stop();
    }
  });
});
