import { describe, expect, it } from 'vitest';
import { promises } from '../../src/delivery/promised.ts';
import { shipments } from '../../src/delivery/shipments.ts';
import { deliveryStage } from '../../src/delivery/stage.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import type { Issue } from '../../src/topics/issues.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, dayMs } from '../../src/values/time.ts';
import { FakeTask } from '../support/fake-task.ts';
import { promise, scan, time } from './a-parcel.ts';

const windowMs = 120 * dayMs;
const key = 'dhl:n1:s1';
const promisedAt = time('2026-12-01T09:00:00Z');
const deliveredAt = time('2026-12-10T12:00:00Z');
const muchLater = time('2029-01-01T00:00:00Z');

const start = (): FakeTask => {
  const task = new FakeTask(deliveryStage({}, windowMs));
  task.fold(deliveryPromises, promise(), promisedAt);
  return task;
};
const iso = (at: Instant): string => new Date(at).toISOString();
const told = (task: FakeTask): readonly string[] =>
  task.emitted.map(({ value }) => value as Issue).map((one) => `${one.detector} ${one.state} ${one.finding.reason}`);
const isKnown = (task: FakeTask): boolean => task.get(shipments, key) !== undefined;
const tooOld = (task: FakeTask): readonly unknown[] => task.told.filter(({ name }) => name === 'RecordTooOld');

const delivered = (): FakeTask => {
  const task = start();
  task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
  task.fold(deliveryTracking, scan('delivered', iso(deliveredAt)), deliveredAt);
  return task;
};

describe('a parcel that arrived', () => {
  it('is known for a claim window after that, and then forgotten with its promise', () => {
    const task = delivered();
    task.passTo(after(deliveredAt, windowMs));
    expect(isKnown(task)).toBe(true);
    // Its promised window ended eleven hours after it came.
    task.passTo(after(deliveredAt, windowMs + dayMs));
    expect(isKnown(task)).toBe(false);
    expect(task.get(promises, key)).toBeUndefined();
    expect(task.emitted).toEqual([]);
  });

  it('is no parcel that stands still when its promise is told again after it was forgotten: that is counted and not folded', () => {
    const task = delivered();
    const again = after(deliveredAt, windowMs + 2 * dayMs);
    task.fold(deliveryPromises, promise(), again);
    expect(isKnown(task)).toBe(false);
    expect(tooOld(task)).toEqual([{ name: 'RecordTooOld', stage: 'delivery', topic: 'delivery.promises', subject: key }]);
    task.passTo(muchLater);
    expect(task.emitted).toEqual([]);
  });

  it('is nobody to tell of when an old scan of it comes again, whatever else is told again, and that is forgotten too', () => {
    const task = delivered();
    const again = after(deliveredAt, windowMs + 2 * dayMs);
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), again);
    task.fold(deliveryPromises, promise(), again);
    task.fold(deliveryTracking, scan('exception', '2026-12-06T10:00:00Z', { reason: 'lost' }), again);
    task.passTo(after(again, windowMs + dayMs));
    expect(isKnown(task)).toBe(false);
    expect(task.emitted).toEqual([]);
  });

  it('late, is known for a claim window after its issue closed, however long ago it was observed', () => {
    const task = start();
    const loggedAt = time('2027-03-01T00:00:00Z');
    task.fold(deliveryTracking, scan('delivered', '2026-12-12T10:00:00Z'), loggedAt);
    task.passTo(after(loggedAt, windowMs));
    expect(told(task)).toContain('promise-missed closed late-not-handed-over');
    expect(isKnown(task)).toBe(true);
    task.passTo(after(loggedAt, windowMs + dayMs));
    expect(isKnown(task)).toBe(false);
  });
});

describe('a parcel that never comes', () => {
  it('is known for two claim windows after the last that was found, so that its arrival still closes what is open', () => {
    const task = start();
    const tooLate = after(time('2026-12-17T09:00:00Z'), 2 * windowMs);
    task.passTo(tooLate);
    expect(told(task)).toEqual(['promise-missed open late-not-handed-over', 'shipment-stalled open not-handed-over']);
    task.fold(deliveryTracking, scan('delivered', iso(tooLate)), tooLate);
    task.passTo(after(tooLate, dayMs));
    expect(told(task).slice(2)).toEqual(['promise-missed closed late-not-handed-over', 'shipment-stalled closed not-handed-over']);
  });

  it('leaves in the end, without a word: that nothing was heard is not that it came', () => {
    const task = start();
    task.passTo(after(time('2026-12-18T09:00:00Z'), 2 * windowMs));
    expect(isKnown(task)).toBe(false);
    expect(task.get(promises, key)).toBeUndefined();
    expect(told(task)).toHaveLength(2);
  });
});

describe('a scan without a promise', () => {
  it('waits for its promise a claim window after it was logged, also where its carrier dates it decades back', () => {
    const task = new FakeTask(deliveryStage({}, windowMs));
    const loggedAt = time('2026-12-05T00:00:00Z');
    task.fold(deliveryTracking, scan('delivered', '1999-12-31T00:00:00Z'), loggedAt);
    task.passTo(after(loggedAt, windowMs));
    expect(isKnown(task)).toBe(true);
    task.passTo(after(loggedAt, windowMs + 1));
    expect(isKnown(task)).toBe(false);
  });

  it('dated decades back counts as its delivery when the promise comes after it', () => {
    const task = new FakeTask(deliveryStage({}, windowMs));
    task.fold(deliveryTracking, scan('delivered', '1999-12-31T00:00:00Z'), promisedAt);
    task.fold(deliveryPromises, promise(), after(promisedAt, 1_000));
    task.passTo(muchLater);
    expect(task.emitted).toEqual([]);
    expect(isKnown(task)).toBe(false);
  });
});

it('a promise made long ago for a day to come is taken as it is', () => {
  const task = new FakeTask(deliveryStage({}, windowMs));
  task.fold(deliveryPromises, promise(), after(time('2026-12-10T23:00:00Z'), windowMs));
  expect(isKnown(task)).toBe(true);
  expect(tooOld(task)).toEqual([]);
});

it('a row of before parcels were forgotten is looked at, and forgotten where it is old', () => {
  const task = delivered();
  const row = task.get(shipments, key);
  if (row === undefined) throw new Error('no row');
  task.put(shipments, key, { ...row, wakeAt: undefined });
  task.passTo(after(deliveredAt, windowMs));
  expect(isKnown(task)).toBe(true);
  task.passTo(muchLater);
  expect(isKnown(task)).toBe(false);
});

it('what is found is the same whether parcels are forgotten or kept for good', () => {
  const sayOf = (claimWindowMs: number): readonly string[] => {
    const task = new FakeTask(deliveryStage({}, claimWindowMs));
    task.fold(deliveryPromises, promise(), promisedAt);
    task.fold(deliveryTracking, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
    task.fold(deliveryTracking, scan('exception', '2027-04-01T10:00:00Z', { reason: 'lost' }), time('2027-04-01T10:01:00Z'));
    task.fold(deliveryTracking, scan('delivered', '2027-07-01T10:00:00Z'), time('2027-07-01T10:01:00Z'));
    task.passTo(muchLater);
    return told(task);
  };
  expect(sayOf(windowMs)).toEqual(sayOf(1e14));
  expect(sayOf(windowMs)).toContain('lost-in-transit closed declared-lost');
});
