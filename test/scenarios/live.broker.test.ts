import { afterEach, expect, it } from 'vitest';
import { readPolicy } from '../../src/policy/read-policy.ts';
import { detectorSettings } from '../../src/pipeline.ts';
import { controls, firstArmed } from '../../src/topics/controls.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import type { Issue } from '../../src/topics/issues.ts';
import { issues } from '../../src/topics/issues.ts';
import { remedies } from '../../src/topics/remedies.ts';
import { realClock } from '../../src/values/clock.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, secondMs } from '../../src/values/time.ts';
import { KafkaLog } from '../../src/log/kafka/kafka-log.ts';
import { describeBroker } from '../broker/describe-broker.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { BrokerFleet } from './support/broker-fleet.ts';
import { stagesOf } from './support/policies.ts';
import { promiseOf, scanOf } from './support/telling.ts';

/** Silence that is too long after three seconds, proven a second later, and money another two after that. */
const times = { stalledMs: 3 * secondMs, graceMs: secondMs, settleMs: 2 * secondMs } as const;

const policy = readPolicy(
  `
version: seconds
promiseGrace: PT1S
freshFor: PT1H
quietHours: { from: "00:00", until: "00:00" }
detectors:
  shipment-stalled: { inTransit: PT3S, proofGrace: PT1S }
  promise-missed: { proofGrace: PT1S }
rules:
  - name: stalled-parcel
    issue: shipment-stalled
    mode: auto
    settle: PT1S
    ladder:
      - { name: warn, remedy: notification, message: parcel-stalled }
  - name: late-parcel
    issue: promise-missed
    mode: auto
    settle: PT2S
    ladder:
      - { name: shipping-back, remedy: refund, of: [shipping] }
`,
  'seconds.yaml',
  detectorSettings,
);

const partitions = 4;
const farAway = '2099-12-31';
const names = (prefix: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const nameOf = ({ subject }: Pick<Issue, 'subject'>): string => subject.split(':')[1] ?? subject;

describeBroker('live time on a real broker, with thresholds of seconds', ({ brokers }) => {
  let fleet: BrokerFleet | undefined;
  const open = async (): Promise<BrokerFleet> => {
    fleet = await BrokerFleet.open({ brokers, stages: stagesOf(policy)(), partitions, siblingSlackMs: times.graceMs / 2 });
    await fleet.produce(controls, [firstArmed({ by: 'ops', why: 'a test', policyHash: policy.hash, at: realClock.now() })]);
    return fleet;
  };
  afterEach(async () => {
    await fleet?.close();
    fleet = undefined;
  });

  const scanned = (on: BrokerFleet, who: readonly string[], status: 'in-transit' | 'delivered' = 'in-transit'): Promise<void> =>
    on.produce(
      deliveryTracking,
      who.map((name) => scanOf(name, realClock.now(), status)),
    );
  const promised = (on: BrokerFleet, who: readonly string[], until: string): Promise<void> =>
    on.produce(
      deliveryPromises,
      who.map((name) => promiseOf(name, realClock.now(), until)),
    );
  const localTime = (at: Instant): string => new Date(at).toISOString().slice(0, 19);

  it('a process that was down for longer than a threshold says nothing of parcels whose scans are in the log', async () => {
    const on = await open();
    const moving = names('moving', 20);
    const silent = names('silent', 4);
    const first = await on.start();
    await on.untilRunning();
    await promised(on, [...moving, ...silent], farAway);
    await scanned(on, [...moving, ...silent]);
    await on.untilConcluded(realClock.now());
    await first.stop();
    for (let second = 0; second < 6; second += 1) {
      await realClock.wait(secondMs);
      await scanned(on, moving);
    }
    const again = await on.start();
    const moves = (async (): Promise<void> => {
      for (let second = 0; second < 6; second += 1) {
        await realClock.wait(secondMs);
        await scanned(on, moving);
      }
    })();
    await waitUntil('the silent ones are told', async () => (await on.values(remedies.notification)).length >= silent.length);
    await moves;
    expect(new Set((await on.values(issues)).map(nameOf))).toEqual(new Set(silent));
    expect((await on.values(remedies.notification)).map(({ customer }) => customer).toSorted()).toEqual([...silent].toSorted());
    await again.stop();
  });

  it('nobody is paid for parcels whose arrival waits unread because the delivery stage alone is down', async () => {
    const on = await open();
    const arrived = names('arrived', 10);
    const missing = names('missing', 2);
    const care = await on.start(['care']);
    const others = await on.start(['delivery', 'streaming']);
    await on.untilRunning();
    await promised(on, [...arrived, ...missing], localTime(after(realClock.now(), secondMs)));
    await waitUntil('all are found late', async () => (await on.values(issues)).length === 12);
    await others.stop();
    await scanned(on, arrived, 'delivered');
    const streaming = await on.start(['streaming']);
    // Clocks wait for the stage that is down: that nothing happens shows only in real time.
    await realClock.wait(times.settleMs + 4 * secondMs);
    expect(await on.values(remedies.refund)).toEqual([]);
    await on.start(['delivery']);
    await waitUntil('those that stay away are paid', async () => (await on.values(remedies.refund)).length >= missing.length);
    await on.untilConcluded(after(realClock.now(), times.settleMs));
    expect((await on.values(remedies.refund)).map(({ customer }) => customer).toSorted()).toEqual([...missing]);
    await Promise.all([care.stop(), streaming.stop()]);
  });

  it('real absences are found within two seconds of their grace while sixteen transactional producers are busy upstream', async () => {
    const on = await open();
    const silent = names('silent', 12);
    await on.start();
    await on.untilRunning();
    const busy = new AbortController();
    const written = await Promise.all(names('busy', 16).map((name) => keepWriting(on, name, busy.signal)));
    await promised(on, silent, farAway);
    await scanned(on, silent);
    await waitUntil('the silent ones are found', async () => (await on.values(issues)).length >= silent.length);
    busy.abort();
    const counts = await Promise.all(written.map(({ done }) => done));
    expect(Math.min(...counts)).toBeGreaterThan(10);
    const found = await on.records(issues.name);
    const lateMs = found.flatMap((record) => {
      const decoded = issues.decode(record);
      if (decoded.kind !== 'read' || decoded.value.state !== 'open' || !nameOf(decoded.value).startsWith('silent')) return [];
      return [record.timestamp - (decoded.value.finding.since + times.graceMs)];
    });
    expect(lateMs).toHaveLength(silent.length);
    expect(Math.max(...lateMs)).toBeLessThan(2 * secondMs);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  });
});

/** A producer of its own that writes scans of its parcels, transaction after transaction, until told to stop; gives how many. */
const keepWriting = async (on: BrokerFleet, name: string, signal: AbortSignal): Promise<{ readonly done: Promise<number> }> => {
  const log = new KafkaLog({ ...on.settings, clientId: name });
  const writer = await log.write(`producer-${name}`, signal);
  const done = (async (): Promise<number> => {
    let count = 0;
    while (!signal.aborted) {
      const records = Array.from({ length: partitions }, (_, index) => {
        const { key, value } = deliveryTracking.encode(scanOf(`${name}-${index}`, realClock.now(), 'in-transit'));
        return {
          topic: deliveryTracking.name,
          partition: partitionOf(key ?? Buffer.alloc(0), partitions),
          key,
          value,
          timestamp: realClock.now(),
        };
      });
      // The permit is asked when all is written, so the transaction stays open for as long as it takes.
      let asked = 0;
      const outcome = await writer.commit(records, async () => {
        asked += 1;
        if (asked === 2) await realClock.wait(20 + (count % 5) * 10);
        return true;
      });
      if (outcome.outcome !== 'committed') throw new Error(`${name}: ${outcome.outcome}: ${outcome.reason}`);
      count += 1;
    }
    await log.close();
    return count;
  })();
  return { done };
};
