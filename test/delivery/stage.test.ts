import { describe, expect, it } from 'vitest';
import { deliveryStage } from '../../src/delivery/stage.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import type { Issue } from '../../src/topics/issues.ts';
import { FakeTask } from '../support/fake-task.ts';
import { dayMs } from '../../src/values/time.ts';
import { promise, scan, time } from './a-parcel.ts';

const start = (settings: Readonly<Record<string, unknown>> = {}): FakeTask => new FakeTask(deliveryStage(settings, 120 * dayMs));
const issuesOf = (task: FakeTask): readonly Issue[] => task.emitted.map(({ value }) => value as Issue);
const told = (task: FakeTask): readonly string[] =>
  issuesOf(task).map((one) => `${one.detector} ${one.state} ${one.revision} ${one.finding.reason}`);

describe('the delivery stage', () => {
  it('says nothing of a parcel that arrives in time, however long one waits', () => {
    const task = start();
    task.fold(deliveryPromises, promise(), time('2026-12-01T09:00:00Z'));
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
    task.fold(deliveryTracking, scan('delivered', '2026-12-10T22:00:00Z'), time('2026-12-10T22:01:00Z'));
    task.passTo(time('2028-01-01T00:00:00Z'));
    expect(task.emitted).toEqual([]);
  });

  it('opens an issue when the window has passed, with what care must know, and closes it when the parcel arrives', () => {
    const task = start();
    task.fold(deliveryPromises, promise({ gift: true, needBy: '2026-12-24', locale: 'de' }), time('2026-12-01T09:00:00Z'));
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
    task.passTo(time('2026-12-11T00:00:00Z'));
    expect(issuesOf(task)).toMatchObject([
      {
        state: 'open',
        revision: 1,
        detector: 'promise-missed',
        subject: 'dhl:n1:s1',
        customer: 'c1',
        order: 'o1',
        components: [{ line: 'l1', component: 'line', money: { amountMinor: 1299, currency: 'EUR' } }],
        context: {
          promisedUntil: time('2026-12-10T23:00:00Z'),
          lossDeclared: false,
          needBy: time('2026-12-24T23:00:00Z'),
          gift: true,
          fulfilledBy: 'us',
          seller: 'acme',
          zone: 'Europe/Berlin',
          locale: 'de',
          currency: 'EUR',
        },
      },
    ]);
    task.fold(deliveryTracking, scan('delivered', '2026-12-12T10:00:00Z'), time('2026-12-12T10:01:00Z'));
    task.passTo(time('2028-01-01T00:00:00Z'));
    expect(told(task)).toEqual(['promise-missed open 1 late', 'promise-missed closed 2 late']);
    expect(task.told.filter(({ name }) => name === 'IssueChanged')).toHaveLength(2);
  });

  it('folds without concluding: a late delivery that is already in the log opens nothing', () => {
    const task = start();
    task.fold(deliveryPromises, promise(), time('2026-12-12T09:00:00Z'));
    expect(task.emitted).toEqual([]);
    task.fold(deliveryTracking, scan('delivered', '2026-12-12T08:00:00Z'), time('2026-12-12T09:00:00Z'));
    task.passTo(time('2026-12-13T00:00:00Z'));
    expect(task.emitted).toEqual([]);
  });

  it('closes the old issue when the promise is revised, and opens a new one when that is missed too', () => {
    const task = start();
    task.fold(deliveryPromises, promise(), time('2026-12-01T09:00:00Z'));
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
    task.fold(
      deliveryPromises,
      promise({ revision: 2, madeAt: '2026-12-11T09:00:00Z', window: { from: '2026-12-12', until: '2026-12-14', zone: 'Europe/Berlin' } }),
      time('2026-12-11T09:00:00Z'),
    );
    task.passTo(time('2026-12-15T09:00:00Z'));
    expect(told(task)).toEqual(['promise-missed open 1 late', 'promise-missed closed 2 late', 'promise-missed open 3 late']);
    const [first, , third] = issuesOf(task);
    expect(third?.id).not.toBe(first?.id);
  });

  it('keeps one issue for a parcel that goes silent and is then declared lost', () => {
    const task = start();
    task.fold(deliveryPromises, promise(), time('2026-12-01T09:00:00Z'));
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
    task.fold(deliveryTracking, scan('exception', '2027-02-01T10:00:00Z', { reason: 'lost' }), time('2027-02-01T10:01:00Z'));
    task.passTo(time('2027-02-02T00:00:00Z'));
    const lost = issuesOf(task).filter((one) => one.detector === 'lost-in-transit');
    expect(lost.map((one) => `${one.state} ${one.finding.reason} ${one.context.lossDeclared}`)).toEqual([
      'open silent false',
      'open declared-lost true',
    ]);
    expect(new Set(lost.map((one) => one.id)).size).toBe(1);
  });

  it('has nobody to tell of a parcel without a promise, until the promise comes', () => {
    const task = start();
    task.fold(deliveryTracking, scan('exception', '2026-12-06T10:00:00Z', { reason: 'lost' }), time('2026-12-06T10:01:00Z'));
    task.passTo(time('2026-12-07T10:00:00Z'));
    expect(task.emitted).toEqual([]);
    task.fold(deliveryPromises, promise(), time('2026-12-07T10:00:00Z'));
    task.passTo(time('2026-12-07T10:00:01Z'));
    expect(told(task)).toEqual(['lost-in-transit open 1 declared-lost']);
  });

  it('tells what is odd about a scan', () => {
    const task = start();
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00'), time('2026-12-05T18:00:00Z'));
    expect(task.told).toEqual([
      { name: 'ScanFlagged', flag: 'zone-missing', subject: 'dhl:n1:s1' },
      { name: 'ScanFlagged', flag: 'before-promise', subject: 'dhl:n1:s1' },
    ]);
  });

  it('takes thresholds from the policy, and refuses what it does not understand with all mistakes at once', () => {
    const task = start({ 'shipment-stalled': { carriers: { dhl: { inTransit: 'P1D' } } } });
    task.fold(deliveryPromises, promise(), time('2026-12-01T09:00:00Z'));
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
    task.passTo(time('2026-12-06T12:00:00Z'));
    expect(told(task)).toEqual(['shipment-stalled open 1 silent-in-transit']);
    expect(() => start({ 'shipment-stalled': { inTransit: 'soon' }, 'promise-missed': { grace: 'PT1M' } })).toThrow(
      /detectors\.promise-missed: .*grace[^]*detectors\.shipment-stalled\.inTransit: "soon" is no ISO 8601 duration/,
    );
  });
});
