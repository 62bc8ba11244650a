import { describe, expect, it } from 'vitest';
import { lostInTransit } from '../../../src/delivery/detectors/lost-in-transit.ts';
import type { Shipment } from '../../../src/delivery/shipment.ts';
import { after, dayMs, instant } from '../../../src/values/time.ts';
import { parcel, promise, scan, time } from '../a-parcel.ts';

const judge = (shipment: Shipment, now: string | number, settings: unknown = {}) =>
  lostInTransit.judge(shipment, typeof now === 'string' ? time(now) : instant(now), lostInTransit.settings.parse(settings));

const end = time('2026-12-10T23:00:00Z');
const moved = time('2026-12-05T10:00:00Z');
const onItsWay = parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'));
const lost = scan('exception', '2026-12-06T10:00:00Z', { reason: 'lost' });

describe('a parcel that the carrier declares lost', () => {
  it('is lost at once, and that is no silence', () => {
    expect(judge(parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'), lost), '2026-12-06T10:01:00Z').finding).toMatchObject({
      reason: 'declared-lost',
      since: time('2026-12-06T10:00:00Z'),
      absence: false,
      armedBy: `in-transit@${moved}`,
      evidence: [{ offset: 0 }, { offset: 1 }, { offset: 2 }],
    });
  });

  it('is lost though it was never handed over', () => {
    expect(judge(parcel(promise(), lost), '2026-12-06T10:01:00Z').finding).toMatchObject({ reason: 'declared-lost', armedBy: 'promise-1' });
  });

  it('is lost though a delivery was tried', () => {
    expect(judge(parcel(promise(), scan('attempt-failed', '2026-12-05T10:00:00Z'), lost), '2026-12-06T10:01:00Z').finding?.reason).toBe(
      'declared-lost',
    );
  });

  it('is found when it moves', () => {
    expect(judge(parcel(promise(), lost, scan('in-transit', '2026-12-07T10:00:00Z')), '2026-12-08T10:01:00Z').finding).toBeUndefined();
  });
});

describe('a silent parcel', () => {
  it('is lost 28 days past its window when it was silent for 35 days before', () => {
    const shipment = parcel(promise(), scan('in-transit', '2026-12-02T10:00:00Z'));
    const since = after(end, 28 * dayMs);
    expect(judge(shipment, after(since, 59_999))).toEqual({ wakeAt: after(since, 60_000) });
    expect(judge(shipment, after(since, 60_000)).finding).toMatchObject({
      reason: 'silent',
      since,
      absence: true,
      armedBy: `in-transit@${time('2026-12-02T10:00:00Z')}`,
    });
  });

  it('is not lost before it was silent for 35 days, however late it is', () => {
    const shipment = parcel(promise(), scan('in-transit', '2026-12-30T10:00:00Z'));
    const since = after(time('2026-12-30T10:00:00Z'), 35 * dayMs);
    expect(judge(shipment, after(since, 59_999))).toEqual({ wakeAt: after(since, 60_000) });
    expect(judge(shipment, after(since, 60_000)).finding?.since).toBe(since);
  });

  it('is the same problem when the carrier declares the loss later', () => {
    const declared = parcel(
      promise(),
      scan('in-transit', '2026-12-05T10:00:00Z'),
      scan('exception', '2027-02-01T10:00:00Z', { reason: 'lost' }),
    );
    expect(judge(declared, '2027-02-01T10:01:00Z').finding?.armedBy).toBe(judge(onItsWay, '2027-02-01T10:01:00Z').finding?.armedBy);
  });

  it("is not lost when it was tried, waits for the customer, was never handed over, or is nobody's", () => {
    for (const shipment of [
      parcel(promise(), scan('attempt-failed', '2026-12-05T10:00:00Z'), scan('in-transit', '2026-12-06T10:00:00Z')),
      parcel(promise(), scan('available-for-pickup', '2026-12-05T10:00:00Z')),
      parcel(promise()),
      parcel(undefined, scan('in-transit', '2026-12-05T10:00:00Z'), lost),
    ])
      expect(judge(shipment, '2028-12-05T10:00:00Z')).toEqual({});
  });

  it('is lost sooner with a carrier that is set so', () => {
    expect(judge(onItsWay, '2026-12-18T00:00:00Z', { carriers: { dhl: { silentFor: 'P7D', pastWindow: 'P5D' } } }).finding?.reason).toBe(
      'silent',
    );
  });
});
