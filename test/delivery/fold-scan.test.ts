import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldPromise } from '../../src/delivery/fold-promise.ts';
import { foldScan } from '../../src/delivery/fold-scan.ts';
import { isDeclaredLost, isFinished, milestoneOf } from '../../src/delivery/shipment.ts';
import type { Shipment } from '../../src/delivery/shipment.ts';
import type { Scan } from '../../src/topics/delivery-tracking.ts';
import { exceptionReason, scanStatus } from '../../src/topics/delivery-tracking.ts';
import type { Instant } from '../../src/values/time.ts';
import { parcel, promise, scan, seen, time } from './a-parcel.ts';

/** What a scan makes of a parcel, and what is flagged. */
const fold = (
  shipment: Shipment | undefined,
  one: Scan,
  loggedAt: Instant,
): { readonly after: Shipment; readonly flags: readonly string[] } => {
  const flags: string[] = [];
  return { after: foldScan(shipment, one, seen(loggedAt, 9), (flag) => flags.push(flag)), flags };
};

const promised = parcel(promise());

describe('scans of one parcel', () => {
  it('end in the same place whatever their order, and however often each comes', () => {
    const anyScan = fc
      .record({
        status: fc.constantFrom(...scanStatus.options),
        reason: fc.constantFrom(...exceptionReason.options),
        minute: fc.integer({ min: 0, max: 6 }),
        code: fc.constantFrom(undefined, 'A', 'B'),
        offset: fc.constantFrom('Z', '+02:00'),
      })
      .map(({ status, reason, minute, code, offset }) =>
        scan(status, `2026-12-05T10:0${minute}:00${offset}`, { ...(status === 'exception' && { reason }), ...(code && { code }) }),
      );
    const twoOrders = fc
      .array(anyScan, { minLength: 1, maxLength: 8 })
      .chain((scans) =>
        fc.tuple(
          fc.constant(scans),
          fc.shuffledSubarray([...scans, ...scans], { minLength: scans.length * 2, maxLength: scans.length * 2 }),
        ),
      );
    const outcome = (scans: readonly Scan[]): unknown => {
      let shipment = promised;
      for (const one of scans) shipment = foldScan(shipment, one, seen(time('2026-12-05T12:00:00Z'), 0));
      return [shipment, milestoneOf(shipment), isFinished(shipment), isDeclaredLost(shipment)];
    };
    fc.assert(
      fc.property(twoOrders, ([some, shuffled]) => {
        expect(outcome(shuffled)).toEqual(outcome(some));
      }),
      { numRuns: 1_000 },
    );
  });

  it('that are older never set the milestone back', () => {
    const before = parcel(promise(), scan('out-for-delivery', '2026-12-05T10:00:00Z'));
    const { after, flags } = fold(before, scan('in-transit', '2026-12-05T08:00:00Z'), time('2026-12-05T11:00:00Z'));
    expect(milestoneOf(after)).toBe('out-for-delivery');
    expect(after).toBe(before);
    expect(flags).toEqual(['out-of-order']);
  });

  it('that are older are still known: a failed attempt stays one', () => {
    const before = parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'));
    const { after } = fold(before, scan('attempt-failed', '2026-12-05T08:00:00Z'), time('2026-12-05T11:00:00Z'));
    expect(after.attemptedAt).toBe(time('2026-12-05T08:00:00Z'));
    expect(milestoneOf(after)).toBe('in-transit');
  });

  it('that come twice change nothing', () => {
    const one = scan('in-transit', '2026-12-05T10:00:00Z', { code: 'X' });
    const before = parcel(promise(), one);
    const { after, flags } = fold(before, one, time('2026-12-06T10:00:00Z'));
    expect(after).toBe(before);
    expect(flags).toEqual(['duplicate']);
  });

  it('that come days late count from when they were observed', () => {
    const { after } = fold(promised, scan('in-transit', '2026-12-05T10:00:00Z'), time('2026-12-09T10:00:00Z'));
    expect(after.movedAt).toBe(time('2026-12-05T10:00:00Z'));
  });

  it('before the promise are kept and meet it when it comes', () => {
    const { after, flags } = fold(undefined, scan('in-transit', '2026-12-02T10:00:00Z'), time('2026-12-02T10:01:00Z'));
    const joined = foldPromise(after, promise(), seen(time('2026-12-02T11:00:00Z')));
    expect(flags).toEqual(['before-promise']);
    expect([joined.moved, joined.promise?.revision]).toEqual(['in-transit', 1]);
  });
});

describe('a scan dated in the future', () => {
  it('by years is taken as seen when it was logged', () => {
    const { after, flags } = fold(promised, scan('in-transit', '2036-12-05T10:00:00Z'), time('2026-12-05T10:00:00Z'));
    expect(after.movedAt).toBe(time('2026-12-05T10:00:00Z'));
    expect(flags).toEqual(['future']);
  });

  it('by up to a day is believed, since zones get mixed up', () => {
    const { after, flags } = fold(promised, scan('in-transit', '2026-12-06T10:00:00Z'), time('2026-12-05T10:00:00Z'));
    expect(after.movedAt).toBe(time('2026-12-06T10:00:00Z'));
    expect(flags).toEqual([]);
  });

  it('that comes again every day is no new sign of life', () => {
    const one = scan('in-transit', '2036-12-05T10:00:00Z');
    const { after: before } = fold(promised, one, time('2026-12-05T10:00:00Z'));
    const { after, flags } = fold(before, one, time('2026-12-06T10:00:00Z'));
    expect(after).toBe(before);
    expect(flags).toEqual(['duplicate']);
  });
});

describe('a scan in local time', () => {
  it('is read in its own zone', () => {
    const { after, flags } = fold(
      promised,
      scan('in-transit', '2026-12-05T10:00:00', { zone: 'America/New_York' }),
      time('2026-12-05T18:00:00Z'),
    );
    expect(after.movedAt).toBe(time('2026-12-05T15:00:00Z'));
    expect(flags).toEqual([]);
  });

  it('without a zone is read where the parcel goes', () => {
    const { after, flags } = fold(promised, scan('in-transit', '2026-12-05T10:00:00'), time('2026-12-05T18:00:00Z'));
    expect(after.movedAt).toBe(time('2026-12-05T09:00:00Z'));
    expect(flags).toEqual(['zone-missing']);
  });

  it('without a zone or a promise is read as UTC', () => {
    const { after, flags } = fold(undefined, scan('in-transit', '2026-12-05T10:00:00'), time('2026-12-05T18:00:00Z'));
    expect(after.movedAt).toBe(time('2026-12-05T10:00:00Z'));
    expect(flags).toEqual(['zone-missing', 'before-promise']);
  });

  it('is never later than its record', () => {
    const { after } = fold(undefined, scan('in-transit', '2026-12-05T10:00:00'), time('2026-12-05T03:00:00Z'));
    expect(after.movedAt).toBe(time('2026-12-05T03:00:00Z'));
  });

  it('that comes again after the promise, and would now be read otherwise, is the same scan', () => {
    const one = scan('in-transit', '2026-12-05T10:00:00');
    const joined = foldPromise(
      fold(undefined, one, time('2026-12-05T18:00:00Z')).after,
      promise({ window: { from: '2026-12-08', until: '2026-12-10', zone: 'America/New_York' } }),
      seen(time('2026-12-05T19:00:00Z')),
    );
    const { after, flags } = fold(joined, one, time('2026-12-05T20:00:00Z'));
    expect(after).toBe(joined);
    expect(flags).toEqual(['duplicate']);
  });
});

describe('a delivered parcel', () => {
  const delivered = parcel(promise(), scan('in-transit', '2026-12-04T10:00:00Z'), scan('delivered', '2026-12-05T10:00:00Z'));

  it('needs no hand-over, which is flagged', () => {
    const { after, flags } = fold(promised, scan('delivered', '2026-12-05T10:00:00Z'), time('2026-12-05T10:01:00Z'));
    expect(milestoneOf(after)).toBe('delivered');
    expect(flags).toEqual(['no-hand-over']);
  });

  it('is not undone by what comes later', () => {
    const { after, flags } = fold(delivered, scan('in-transit', '2026-12-06T10:00:00Z'), time('2026-12-06T10:01:00Z'));
    expect(milestoneOf(after)).toBe('delivered');
    expect(flags).toEqual(['after-delivery']);
  });

  it('is not undone by a loss declared later', () => {
    const { after } = fold(delivered, scan('exception', '2026-12-06T10:00:00Z', { reason: 'lost' }), time('2026-12-06T10:01:00Z'));
    expect([milestoneOf(after), isDeclaredLost(after)]).toEqual(['delivered', false]);
  });

  it('can be returned', () => {
    const { after, flags } = fold(delivered, scan('returned', '2026-12-06T10:00:00Z'), time('2026-12-06T10:01:00Z'));
    expect(milestoneOf(after)).toBe('returned');
    expect(after.arrivedAt).toBe(time('2026-12-05T10:00:00Z'));
    expect(flags).toEqual([]);
  });
});

describe('a loss that the carrier declares', () => {
  const lost = parcel(promise(), scan('in-transit', '2026-12-04T10:00:00Z'), scan('exception', '2026-12-05T10:00:00Z', { reason: 'lost' }));

  it('holds', () => {
    expect(isDeclaredLost(lost)).toBe(true);
  });

  it('is void once the parcel is seen to move', () => {
    const { after } = fold(lost, scan('in-transit', '2026-12-06T10:00:00Z'), time('2026-12-06T10:01:00Z'));
    expect(isDeclaredLost(after)).toBe(false);
  });

  it('is not void by a scan from before that comes late', () => {
    const { after } = fold(lost, scan('out-for-delivery', '2026-12-05T09:00:00Z'), time('2026-12-06T10:01:00Z'));
    expect(isDeclaredLost(after)).toBe(true);
  });
});
