import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lostInTransit } from '../../../src/delivery/detectors/lost-in-transit.ts';
import { shipmentStalled } from '../../../src/delivery/detectors/shipment-stalled.ts';
import { dayMs } from '../../../src/values/time.ts';

const folder = process.env.AMENDS_DATA;

interface Order {
  readonly bought: number;
  readonly handedOver: number;
  readonly delivered: number;
  readonly promised: number;
}

/** Delivered orders; times are local without a zone, which cancels out in durations (but for 10 hours of summer time a year). */
const deliveredOrders = (): readonly Order[] => {
  const ms = (cell = ''): number => (cell === '' ? Number.NaN : Date.parse(`${cell.replace(' ', 'T')}Z`));
  const lines = readFileSync(join(folder ?? '', 'olist', 'orders.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1);
  return lines
    .map((line) => line.split(','))
    .map((cells) => ({ bought: ms(cells[3]), handedOver: ms(cells[5]), delivered: ms(cells[6]), promised: ms(cells[7]) + dayMs }))
    .filter(({ delivered }) => !Number.isNaN(delivered));
};

const shareAbove = (values: readonly number[], limit: number): number => values.filter((value) => value > limit).length / values.length;

describe.skipIf(folder === undefined)('the defaults, on real orders (AMENDS_DATA)', () => {
  const orders = folder === undefined ? [] : deliveredOrders();
  const inTime = orders.filter(({ delivered, promised }) => delivered < promised);
  const { beforeHandOver, inTransit } = shipmentStalled.settings.parse({});
  const { silentFor, pastWindow } = lostInTransit.settings.parse({});

  it('take at most one good order in a hundred for stalled before hand-over, and one on its way', () => {
    expect(
      shareAbove(
        inTime.map(({ bought, handedOver }) => handedOver - bought),
        beforeHandOver,
      ),
    ).toBeLessThanOrEqual(0.01);
    expect(
      shareAbove(
        inTime.map(({ handedOver, delivered }) => delivered - handedOver),
        inTransit,
      ),
    ).toBeLessThanOrEqual(0.01);
  });

  it('are not so patient that nothing is found: most of the very late orders stall first', () => {
    const veryLate = orders.filter(({ delivered, promised }) => delivered > promised + 7 * dayMs);
    expect(
      shareAbove(
        veryLate.map(({ handedOver, delivered }) => delivered - handedOver),
        inTransit,
      ),
    ).toBeGreaterThan(0.5);
  });

  it('give up no order that still came in time, and at most one in a hundred that came at all', () => {
    const givenUp = orders.filter(
      ({ handedOver, promised, delivered }) => delivered > Math.max(handedOver + silentFor, promised + pastWindow),
    );
    expect(givenUp.filter((order) => inTime.includes(order))).toEqual([]);
    expect(givenUp.length / orders.length).toBeLessThan(0.01);
  });
});
