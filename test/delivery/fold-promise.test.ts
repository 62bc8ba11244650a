import { describe, expect, it } from 'vitest';
import { foldPromise } from '../../src/delivery/fold-promise.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { parcel, promise, scan, seen, time } from './a-parcel.ts';

const later = { from: '2026-12-12', until: '2026-12-14', zone: 'Europe/Berlin' };

describe('a promise', () => {
  it('of a day lasts to its local midnight', () => {
    expect(parcel(promise()).promise?.until).toBe(time('2026-12-10T23:00:00Z'));
  });

  it('of a local time ends then', () => {
    expect(
      parcel(promise({ window: { from: '2026-12-10T12:00', until: '2026-12-10T18:00', zone: 'America/New_York' } })).promise?.until,
    ).toBe(time('2026-12-10T23:00:00Z'));
  });

  it('revised upwards replaces the one before, and remembers when the first was made', () => {
    const revised = foldPromise(
      parcel(promise()),
      promise({ revision: 2, madeAt: '2026-12-09T09:00:00Z', window: later }),
      seen(time('2026-12-09T09:00:00Z')),
    );
    expect([revised.promise?.until, revised.promise?.madeAt, revised.promise?.firstMadeAt]).toEqual([
      time('2026-12-14T23:00:00Z'),
      time('2026-12-09T09:00:00Z'),
      time('2026-12-01T09:00:00Z'),
    ]);
  });

  it('with the same or a lower revision changes nothing', () => {
    const before = parcel(promise({ revision: 2 }));
    expect(foldPromise(before, promise({ revision: 2, window: later }), seen(time('2026-12-09T09:00:00Z')))).toBe(before);
    expect(foldPromise(before, promise({ revision: 1, window: later }), seen(time('2026-12-09T09:00:00Z')))).toBe(before);
  });

  it('after the delivery leaves it delivered', () => {
    const shipment = foldPromise(
      parcel(undefined, scan('delivered', '2026-12-05T10:00:00Z')),
      promise(),
      seen(time('2026-12-06T10:00:00Z')),
    );
    expect(shipment.arrivedAt).toBe(time('2026-12-05T10:00:00Z'));
  });

  it('from a clock that runs fast is not younger than its record', () => {
    expect(foldPromise(undefined, promise({ madeAt: '2030-01-01T00:00:00Z' }), seen(time('2026-12-01T09:00:00Z'))).promise?.madeAt).toBe(
      time('2026-12-01T09:00:00Z'),
    );
  });

  it('for a day that no calendar has is not read', () => {
    expect(deliveryPromises.schema.safeParse({ ...promise(), window: { ...later, until: '2026-02-30' } }).success).toBe(false);
  });
});
