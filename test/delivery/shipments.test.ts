import { describe, expect, it } from 'vitest';
import { noWatches } from '../../src/detection/track.ts';
import type { ShipmentRow } from '../../src/delivery/shipments.ts';
import { shipments } from '../../src/delivery/shipments.ts';
import { newShipment } from '../../src/delivery/shipment.ts';
import { issueIdOf } from '../../src/values/ids.ts';
import { instant } from '../../src/values/time.ts';
import { parcel, promise, scan } from './a-parcel.ts';

const stored = (row: ShipmentRow): string => JSON.stringify(shipments.pack?.(row));
const restored = (row: ShipmentRow): ShipmentRow => shipments.upcast(shipments.version, JSON.parse(stored(row)));

describe('a shipment row', () => {
  it.each([
    ['of which nothing is known', newShipment('dhl')],
    ['with a promise alone', parcel(promise())],
    [
      'on its way',
      parcel(promise(), scan('info-received', '2026-12-02T10:00:00Z'), scan('in-transit', '2026-12-05T10:00:00Z', { code: 'X' })),
    ],
    ['seen in 1970', parcel(undefined, scan('in-transit', '1970-01-01T00:00:00Z'))],
    [
      'with everything that can happen',
      parcel(
        promise(),
        scan('attempt-failed', '2026-12-05T10:00:00'),
        scan('available-for-pickup', '2026-12-06T10:00:00Z'),
        scan('exception', '2026-12-07T10:00:00Z', { reason: 'lost' }),
        scan('delivered', '2026-12-08T10:00:00Z'),
        scan('returned', '2026-12-09T10:00:00Z'),
      ),
    ],
  ])('%s comes back from the changelog as it was', (_, shipment) => {
    const row = { shipment, watches: noWatches, wakeAt: instant(5) };
    expect(restored(row)).toEqual(row);
    expect(restored({ ...row, wakeAt: undefined })).toEqual({ ...row, wakeAt: undefined });
    expect(restored(row).watches).toBe(noWatches);
  });

  it('keeps what was found', () => {
    const finding = { reason: 'late', armedBy: 'promise-1', since: instant(3), absence: true, numbers: {}, evidence: [], cohorts: [] };
    const row = {
      shipment: newShipment('dhl'),
      watches: { 'promise-missed': { revision: 4, open: { issue: issueIdOf('a', 'b', 'c'), finding } } },
      wakeAt: undefined,
    };
    expect(restored(row)).toEqual(row);
  });

  it('on its way is short in the changelog', () => {
    const shipment = parcel(promise(), scan('in-transit', '2026-12-05T10:00:00Z'));
    expect(stored({ shipment, watches: noWatches, wakeAt: instant(1796947260000) }).length).toBeLessThan(160);
  });

  it('that version 1 wrote can be read', () => {
    const packed = [
      'dhl',
      1796115600000,
      831660000,
      [1, 0, 0, 828000000, 'Europe/Berlin', 'acme', 2, 0],
      1,
      [1, 349200000, 349200000, 'X', 2, 7],
    ];
    expect(shipments.upcast(1, packed)).toMatchObject({
      wakeAt: 1796947260000,
      shipment: {
        carrier: 'dhl',
        announced: true,
        moved: 'out-for-delivery',
        movedCode: 'X',
        movedOffset: 7,
        promise: { revision: 1, until: 1796943600000, seller: 'acme' },
      },
    });
  });

  it('of a version nobody knows is refused', () => {
    expect(() => shipments.upcast(2, [])).toThrow('version 2');
  });
});
