import { describe, expect, it } from 'vitest';
import { shipmentStalled } from '../../../src/delivery/detectors/shipment-stalled.ts';
import type { Shipment } from '../../../src/delivery/shipment.ts';
import { after, dayMs, instant } from '../../../src/values/time.ts';
import { parcel, promise, scan, time } from '../a-parcel.ts';

const judge = (shipment: Shipment, now: string | number, settings: unknown = {}) =>
  shipmentStalled.judge(shipment, typeof now === 'string' ? time(now) : instant(now), shipmentStalled.settings.parse(settings));

const made = time('2026-12-01T09:00:00Z');
const moved = time('2026-12-05T10:00:00Z');

describe('a parcel', () => {
  it.each([
    ['in-transit', 25, 'silent-in-transit'],
    ['out-for-delivery', 3, 'silent-out-for-delivery'],
    ['attempt-failed', 7, 'silent-after-attempt'],
  ] as const)('%s is stalled after %i days of silence and the proof', (status, days, reason) => {
    const shipment = parcel(promise(), scan(status, '2026-12-05T10:00:00Z', { code: 'X' }));
    const since = after(moved, days * dayMs);
    expect(judge(shipment, after(since, 59_999))).toEqual({ wakeAt: after(since, 60_000) });
    expect(judge(shipment, after(since, 60_000)).finding).toMatchObject({
      reason,
      since,
      absence: true,
      armedBy: `${status}@${moved} X`,
      numbers: { usualMs: days * dayMs },
    });
  });

  it('that was never handed over is stalled 16 days after its promise', () => {
    const since = after(made, 16 * dayMs);
    expect(judge(parcel(promise(), scan('info-received', '2026-12-02T10:00:00Z')), after(since, 59_999))).toEqual({
      wakeAt: after(since, 60_000),
    });
    expect(judge(parcel(promise()), after(since, 60_000)).finding).toMatchObject({
      reason: 'not-handed-over',
      since,
      armedBy: 'promise-1',
    });
  });

  it('that moves again has another problem when it stalls again', () => {
    const again = parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'), scan('in-transit', '2026-12-30T10:00:00Z'));
    expect(judge(again, '2026-12-31T10:00:00Z').finding).toBeUndefined();
    expect(judge(again, '2027-02-01T10:00:00Z').finding?.armedBy).toBe(`in-transit@${time('2026-12-30T10:00:00Z')}`);
  });

  it('in trouble that the carrier explains is given time, and the problem stays the same one', () => {
    const held = parcel(
      promise(),
      scan('in-transit', '2026-12-05T10:00:00Z'),
      scan('exception', '2026-12-28T10:00:00Z', { reason: 'customs' }),
    );
    expect(judge(held, '2027-01-07T10:00:59Z').finding).toBeUndefined();
    expect(judge(held, '2027-01-07T10:01:00Z').finding).toMatchObject({
      since: time('2027-01-07T10:00:00Z'),
      armedBy: `in-transit@${moved}`,
    });
  });

  it("whose carrier scans more often is missed sooner, by that carrier's settings alone", () => {
    const settings = { carriers: { dhl: { inTransit: 'P2D' } } };
    const shipment = parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'));
    expect(judge(shipment, '2026-12-07T10:01:00Z', settings).finding?.reason).toBe('silent-in-transit');
    expect(judge({ ...shipment, carrier: 'ups' }, '2026-12-07T10:01:00Z', settings).finding).toBeUndefined();
  });

  it('whose scan is dated decades back counts from its promise', () => {
    expect(judge(parcel(promise(), scan('in-transit', '1970-01-01T00:00:00Z')), '2026-12-02T00:00:00Z')).toEqual({
      wakeAt: after(made, 25 * dayMs + 60_000),
    });
  });

  it("that waits for the customer, has arrived, goes back or is nobody's is not stalled", () => {
    for (const shipment of [
      parcel(promise(), scan('available-for-pickup', '2026-12-05T10:00:00Z')),
      parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'), scan('exception', '2026-12-06T10:00:00Z', { reason: 'refused' })),
      parcel(promise(), scan('delivered', '2026-12-05T10:00:00Z')),
      parcel(promise(), scan('returned', '2026-12-05T10:00:00Z')),
      parcel(undefined, scan('in-transit', '2026-12-05T10:00:00Z')),
    ])
      expect(judge(shipment, '2027-12-05T10:00:00Z')).toEqual({});
  });
});

it('a setting that nobody knows is refused', () => {
  expect(shipmentStalled.settings.safeParse({ inTransit: 'P2D', inTransfer: 'P2D' }).success).toBe(false);
  expect(shipmentStalled.settings.safeParse({ inTransit: 'two days' }).success).toBe(false);
});
