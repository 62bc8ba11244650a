import type { Stage } from '../../../src/engine/stage.ts';
import { orderAdjustments } from '../../../src/topics/order-adjustments.ts';
import { streamingPlayback } from '../../../src/topics/streaming-playback.ts';
import { streamingPurchases } from '../../../src/topics/streaming-purchases.ts';
import type { Instant } from '../../../src/values/time.ts';
import { after, instant, secondMs } from '../../../src/values/time.ts';
import { Fleet } from '../../engine/support/fleet.ts';
import { shipped, stagesOf } from './policies.ts';
import type { Told } from './telling.ts';
import { armed, iso, promised, scanned, tellAll, told } from './telling.ts';

/** An instant of the story, UTC. */
export const on = (day: string, time = '09:00:00'): Instant => instant(Date.parse(`${day}T${time}Z`));

export const december = on('2026-12-01');
const berlin = 'Europe/Berlin';
/** The promise of most parcels: the whole of 10 December in Berlin. */
const promisedDay = '2026-12-10';

/** A rental of one evening, with what its player reports. */
const film = (customer: string, stalls: number): readonly Told[] => {
  const eight = on('2026-12-05', '20:00:00');
  const at = (seconds: number): Instant => after(eight, seconds * secondMs);
  const said = (seconds: number, rest: object): Told =>
    told(
      streamingPlayback,
      streamingPlayback.schema.parse({
        session: `evening-${customer}`,
        customer,
        title: 'casablanca',
        offer: 'rental',
        observedAt: iso(at(seconds)),
        ...rest,
      }),
      at(seconds),
    );
  return [
    told(
      streamingPurchases,
      streamingPurchases.schema.parse({
        customer,
        order: `order-${customer}`,
        title: 'casablanca',
        offer: 'rental',
        components: [{ line: 'l1', component: 'line', money: { amountMinor: 399, currency: 'EUR' } }],
        tenders: [],
        purchasedAt: iso(at(-300)),
        zone: berlin,
        locale: 'en',
      }),
      at(-300),
    ),
    said(0, { event: 'start', startupMs: 900 }),
    said(600, { event: 'heartbeat', positionMs: 540_000, playedMs: 540_000, throughputKbps: 5_000, bitrateKbps: 4_000 }),
    ...Array.from({ length: stalls }, (_, index) =>
      said(700 + 200 * index, { event: 'stall', positionMs: 600_000 + index, stalledMs: 150_000 }),
    ),
    said(1_900, { event: 'end', positionMs: 1_200_000, why: stalls > 0 ? 'abandoned' : 'finished' }),
  ];
};

/**
 * Nine customers' December, by what happens to each: `ontime`; `late` by three days; `nearly`, late and there an hour later,
 * before the issue has settled; `stalled`, silent for weeks within a generous promise; `lost`, as the carrier declares;
 * `never`, of which nothing is heard again; `helped`, late, whose shipping an associate gave back by herself; `stuttered`
 * and `smooth`, who rent a film.
 */
export const history: readonly Told[] = [
  armed(shipped, december),
  ...['ontime', 'late', 'nearly', 'lost', 'never', 'helped'].map((name, index) =>
    promised(name, on('2026-12-01', `10:00:0${index}`), promisedDay, berlin),
  ),
  promised('stalled', on('2026-12-01', '11:00:00'), '2027-01-20', berlin),
  ...['ontime', 'late', 'nearly', 'stalled', 'lost', 'never', 'helped'].map((name, index) =>
    scanned(name, on('2026-12-03', `10:00:0${index}`), 'in-transit'),
  ),
  ...film('stuttered', 3),
  ...film('smooth', 0),
  scanned('lost', on('2026-12-06'), 'exception', { reason: 'lost' }),
  scanned('ontime', on('2026-12-10', '14:00:00'), 'delivered'),
  scanned('nearly', on('2026-12-11', '00:00:00'), 'delivered'),
  told(
    orderAdjustments,
    orderAdjustments.schema.parse({
      adjustment: 'a1',
      customer: 'helped',
      order: 'order-helped',
      kind: 'refund',
      by: 'associate',
      components: [{ component: 'shipping', money: { amountMinor: 600, currency: 'EUR' } }],
      madeAt: iso(on('2026-12-11', '08:00:00')),
    }),
    on('2026-12-11', '08:00:00'),
  ),
  scanned('helped', on('2026-12-13'), 'delivered'),
  scanned('late', on('2026-12-13', '10:00:00'), 'delivered'),
  scanned('stalled', on('2027-01-10'), 'delivered'),
];

/** The money and goods that the shipped policy gives these nine, worked out by hand. `never` gets in steps all that was paid, and not a cent more. */
export const fairly: readonly string[] = [
  'late gets: refund 600',
  'lost gets: replacement',
  'never gets: refund 1080',
  'never gets: refund 4320',
  'never gets: refund 600',
  'stuttered gets: refund 399',
];

/** When nothing more can come of it. */
const end = on('2027-02-01');

/** Days at which the story pauses, so that records, timers and both together fall into transactions of their own. */
const pauses: readonly Instant[] = [
  on('2026-12-02'),
  on('2026-12-06'),
  on('2026-12-10', '23:30:00'),
  on('2026-12-12'),
  on('2026-12-20'),
  end,
];

/** Tells the history and `more` in `records` time, chapter by chapter; `between` is called after each. */
export const tellDecember = async (
  fleet: Fleet,
  between: (fleet: Fleet) => Promise<void> = async () => {},
  more: readonly Told[] = [],
): Promise<void> => {
  let from = -Infinity;
  for (const until of pauses) {
    await tellAll(
      fleet,
      [...history, ...more].filter(({ at }) => at > from && at <= until),
    );
    await fleet.ticks(until);
    await fleet.settle();
    await between(fleet);
    from = until;
  }
};

/** A fleet on an empty log, about to live through December in `records` time. Small batches, so that there are many transactions. */
export const decemberFleet = (stages: () => readonly Stage[] = stagesOf(shipped)): Fleet =>
  new Fleet({ stages, partitions: 2, time: 'records', start: december, batchRecords: 6 });
