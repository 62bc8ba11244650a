import { describe, expect, it } from 'vitest';
import { promiseMissed } from '../../../src/delivery/detectors/promise-missed.ts';
import type { Shipment } from '../../../src/delivery/shipment.ts';
import { after, instant } from '../../../src/values/time.ts';
import { parcel, promise, scan, time } from '../a-parcel.ts';

const settings = promiseMissed.settings.parse({});
const judge = (shipment: Shipment, now: string | number) =>
  promiseMissed.judge(shipment, typeof now === 'string' ? time(now) : instant(now), settings);

const end = time('2026-12-10T23:00:00Z');
const onItsWay = parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'));

describe('a promise', () => {
  it('is not missed before its window has ended and a minute more has passed', () => {
    expect(judge(onItsWay, after(end, 59_999))).toEqual({ wakeAt: after(end, 60_000) });
  });

  it('is missed then, since the window ended and because of that promise', () => {
    expect(judge(onItsWay, after(end, 60_000)).finding).toMatchObject({
      reason: 'late',
      armedBy: 'promise-1',
      since: end,
      absence: true,
      numbers: { lateMs: 60_000 },
      cohorts: ['carrier:dhl', 'seller:acme'],
      evidence: [
        { topic: 'delivery.promises', partition: 2, offset: 0 },
        { topic: 'delivery.tracking', partition: 2, offset: 1 },
      ],
    });
  });

  it('is missed long after, and asks for nothing more by itself', () => {
    expect(judge(onItsWay, '2027-03-01T00:00:00Z')).toMatchObject({ finding: { since: end } });
    expect(judge(onItsWay, '2027-03-01T00:00:00Z').wakeAt).toBeUndefined();
  });

  it('is missed though the carrier never had the parcel', () => {
    expect(judge(parcel(promise()), '2026-12-11T00:00:00Z').finding?.reason).toBe('late-not-handed-over');
  });

  it('is missed though a delivery was tried, which is said', () => {
    expect(judge(parcel(promise(), scan('attempt-failed', '2026-12-10T10:00:00Z')), '2026-12-11T00:00:00Z').finding?.reason).toBe(
      'late-attempted',
    );
  });

  it('is missed by a parcel on its way back, and that is no silence', () => {
    expect(judge(parcel(promise(), scan('returned', '2026-12-09T10:00:00Z')), '2026-12-11T00:00:00Z').finding).toMatchObject({
      reason: 'late-returned',
      absence: false,
    });
  });

  it('is missed by a parcel declared lost, and that is no silence', () => {
    expect(
      judge(parcel(promise(), scan('exception', '2026-12-09T10:00:00Z', { reason: 'lost' })), '2026-12-11T00:00:00Z').finding,
    ).toMatchObject({ reason: 'late-lost', absence: false });
  });

  it('is not missed once the parcel has arrived; where it came late, it was', () => {
    expect(judge(parcel(promise(), scan('delivered', '2026-12-10T22:59:59Z')), '2026-12-12T00:00:00Z')).toEqual({});
    expect(judge(parcel(promise(), scan('delivered', '2026-12-10T23:00:00Z')), '2026-12-12T00:00:00Z')).toEqual({ stands: true });
  });

  it('is not missed by a parcel that waits for the customer or was refused', () => {
    expect(judge(parcel(promise(), scan('available-for-pickup', '2026-12-10T10:00:00Z')), '2026-12-12T00:00:00Z')).toEqual({});
    expect(judge(parcel(promise(), scan('available-for-pickup', '2026-12-11T10:00:00Z')), '2026-12-12T00:00:00Z')).toEqual({
      stands: true,
    });
    expect(judge(parcel(promise(), scan('exception', '2026-12-10T10:00:00Z', { reason: 'refused' })), '2026-12-12T00:00:00Z')).toEqual({});
  });

  it('that nobody made is missed by nobody', () => {
    expect(judge(parcel(undefined, scan('in-transit', '2026-12-05T10:00:00Z')), '2027-03-01T00:00:00Z')).toEqual({});
  });
});
