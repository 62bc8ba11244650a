import { beforeEach, describe, expect, it } from 'vitest';
import type { ServiceOptions } from '../../../src/cli/service/service.ts';
import { Service } from '../../../src/cli/service/service.ts';
import type { Log } from '../../../src/engine/log.ts';
import { topicsNeeded } from '../../../src/engine/topics.ts';
import { AmendsError } from '../../../src/happenings/errors.ts';
import type { Happening } from '../../../src/happenings/happening.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import { pipeline } from '../../../src/pipeline.ts';
import { DrivenClock } from '../../../src/values/clock.ts';
import { instant, secondMs } from '../../../src/values/time.ts';
import { shipped } from '../../scenarios/support/policies.ts';

const application = 'test';
const stages = pipeline({ policy: shipped, act: true });

describe('the service', () => {
  let clock: DrivenClock;
  let broker: EmbeddedBroker;
  let told: Happening[];
  let stop: AbortController;
  let opened: number;
  let closed: number;
  /** What the log does instead, where a test says so. */
  let connect: () => Log;
  beforeEach(() => {
    clock = new DrivenClock(instant(Date.UTC(2026, 10, 22)));
    broker = new EmbeddedBroker({ clock });
    told = [];
    stop = new AbortController();
    opened = 0;
    closed = 0;
    connect = () => broker.connect({ name: `process-${opened}` });
  });
  const create = (partitions = 2): void => {
    for (const { name, ...settings } of topicsNeeded({ application, stages, partitions, time: 'live' })) broker.createTopic(name, settings);
  };
  const service = (more: Partial<ServiceOptions> = {}): Service =>
    new Service({
      application,
      stages,
      time: 'live',
      clock,
      telemetry: (happening) => told.push(happening),
      version: 'test',
      siblingSlackMs: 30_000,
      name: 'process',
      connect: () => {
        opened += 1;
        const log = connect();
        const close = log.close.bind(log);
        log.close = () => {
          closed += 1;
          return close();
        };
        return log;
      },
      ...more,
    });
  const pass = async (seconds: number): Promise<void> => {
    for (let step = 0; step < seconds * 10; step += 1) await clock.advanceBy(secondMs / 10);
  };

  it('runs all tasks, is ready then, and leaves the group when it is told to stop', async () => {
    create();
    const one = service();
    const running = one.run(stop.signal);
    await pass(3);
    expect(one.ready()).toEqual({ ready: true, why: [] });
    stop.abort();
    await pass(1);
    await running;
    expect(one.ready()).toMatchObject({ ready: false });
    expect(told.filter(({ name }) => name === 'TaskStateChanged').filter((state) => 'to' in state && state.to === 'closed')).toHaveLength(
      6,
    );
    expect(closed).toBe(opened);
    // Nobody waits for the session of one who has left.
    const next = service();
    stop = new AbortController();
    const again = next.run(stop.signal);
    await pass(2);
    expect(next.ready()).toEqual({ ready: true, why: [] });
    stop.abort();
    await pass(1);
    await again;
  });

  it('says which topics are missing and what creates them, and starts once they are there', async () => {
    create();
    broker.deleteTopic('delivery.tracking');
    const one = service();
    const running = one.run(stop.signal);
    await pass(20);
    const { ready, why } = one.ready();
    expect(ready).toBe(false);
    expect(why).toEqual([expect.stringMatching(/AMENDS_TOPIC_MISSING.*: delivery\.tracking; `amends topics create`/)]);
    expect(told.filter(({ name }) => name === 'ServiceWaiting')).toHaveLength(1);
    broker.createTopic('delivery.tracking', { partitions: 2 });
    await pass(10);
    expect(one.ready()).toEqual({ ready: true, why: [] });
    stop.abort();
    await pass(1);
    await running;
    expect(closed).toBe(opened);
  });

  it('says which topics differ in their partitions, and goes on trying', async () => {
    create();
    broker.addPartitions('delivery.tracking', 5);
    const one = service({ time: 'records' });
    const running = one.run(stop.signal);
    await pass(2);
    expect(one.ready().why).toEqual([
      expect.stringMatching(/stage delivery: .*delivery\.tracking 5.*`amends topics create --time records --dry-run`/),
    ]);
    stop.abort();
    await pass(1);
    await running;
  });

  it('waits for brokers that are away, says so, and starts once they are back', async () => {
    create();
    let isAway = true;
    connect = () =>
      broker.connect({
        name: `process-${opened}`,
        faults: async (point) => (isAway && point === 'join' ? 'refuse' : 'none'),
      });
    const one = service();
    const running = one.run(stop.signal);
    await pass(20);
    expect(one.ready().why).toEqual([expect.stringMatching(/brokers can't be reached/)]);
    expect(opened).toBeGreaterThan(3);
    expect(opened).toBeLessThan(20);
    isAway = false;
    await pass(8);
    expect(one.ready().ready).toBe(true);
    stop.abort();
    await pass(1);
    await running;
    expect(closed).toBe(opened);
  });

  it('gives up at once where the brokers refuse its credentials', async () => {
    connect = () => {
      const log = broker.connect({ name: 'process' });
      log.describe = () => Promise.reject(new AmendsError('AMENDS_BROKER_DENIED', ['SASL PLAIN']));
      return log;
    };
    await expect(service().run(stop.signal)).rejects.toMatchObject({ code: 'AMENDS_BROKER_DENIED' });
    expect(closed).toBe(1);
  });

  it('can be told to stop while it still tries to start', async () => {
    create();
    connect = () => broker.connect({ name: 'process', faults: async (point) => (point === 'join' ? 'refuse' : 'none') });
    const running = service().run(stop.signal);
    await pass(1);
    stop.abort();
    await running;
    expect(closed).toBe(opened);
  });

  it('of the deciding stage alone concludes as far as processes of the other stages have come, and no further', async () => {
    create();
    const care = service({ stages: stages.filter(({ name }) => name === 'care') });
    const running = care.run(stop.signal);
    await pass(5);
    const clocks = () => told.flatMap((one) => (one.name === 'ClockMoved' && one.stage === 'care' ? [one.clock] : []));
    expect(care.ready().ready).toBe(true);
    expect(clocks()).toEqual([]);
    const others = service({ stages: stages.filter(({ name }) => name !== 'care'), name: 'others' });
    const running2 = others.run(stop.signal);
    await pass(8);
    expect(clocks().length).toBeGreaterThan(1);
    expect(told.some((one) => one.name === 'TaskStateChanged' && one.stage !== 'care' && one.to === 'running')).toBe(true);
    stop.abort();
    await pass(1);
    await Promise.all([running, running2]);
  });
});
