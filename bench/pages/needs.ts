import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { instant } from '../../src/values/time.ts';
import { recordOf, scanOf } from '../support/parcels.ts';
import type { Figures } from './figures.ts';

/** What a parcel is like. Chosen: a promise and ten scans in eight days, as of a large carrier; `claimWindow` as it is by default. */
export const parcel = { events: 11, openDays: 8, claimWindowDays: 120 } as const;

/** Chosen: what is left free for peaks, a process given at most, copies of a topic, days that inputs are kept (as `amends topics create` sets). */
export const chosen = { load: 0.7, processGiB: 8, leastPartitions: 8, copies: 3, leastBrokers: 3, inputDays: 30 } as const;

/** A changelog record of a shipment's row, in bytes: key 37, value 140, and what a batch adds. Measured on rows of the bench, 2026-11-23. */
const changelogBytes = 190;

const secondsADay = 86_400;
const gibibyte = 2 ** 30;

/** What so many events a second need. */
export interface Needs {
  readonly eventsPerSecond: number;
  readonly parcelsPerDay: number;
  /** Rows of shipments, while they are open, and with those that are finished and in their claim window. */
  readonly openShipments: number;
  readonly keptShipments: number;
  readonly openGiB: number;
  readonly keptGiB: number;
  /** So that the events are read in time, one more that may die included. */
  readonly processesByEvents: number;
  /** So that none holds more than `processGiB`, one more included. */
  readonly processesByOpen: number;
  readonly processesByKept: number;
  readonly partitions: number;
  readonly brokers: number;
  /** Written to the brokers' disks, all copies: a second, and kept. */
  readonly diskMiBPerSecond: number;
  readonly diskTiB: number;
  /** Until the others have restored the rows of one that died, beyond the session timeout, in seconds. */
  readonly takeOverSeconds: number;
}

const scanBytes = (): number => {
  const { key, value } = recordOf(deliveryTracking, scanOf(123_456, instant(Date.UTC(2026, 10, 1)), 'in-transit'), 1, instant(0));
  return (key?.length ?? 0) + (value?.length ?? 0);
};

/** What `eventsPerSecond` events of parcels need, from the figures; each formula is told in `docs/capacity.md`. */
export const needsOf = (eventsPerSecond: number, { latency, shipments }: Figures): Needs => {
  const parcelsPerDay = (eventsPerSecond * secondsADay) / parcel.events;
  const openShipments = parcelsPerDay * parcel.openDays;
  const keptShipments = parcelsPerDay * (parcel.openDays + parcel.claimWindowDays);
  const giBOf = (rows: number): number => (rows * shipments.bytesEach) / gibibyte;
  const processesFor = (gib: number): number => Math.ceil(gib / chosen.processGiB) + 1;
  const processesByEvents = Math.ceil(eventsPerSecond / (chosen.load * latency.greatestRecordsPerSecond)) + 1;
  const processesByOpen = processesFor(giBOf(openShipments));
  const processesByKept = processesFor(giBOf(keptShipments));
  const processes = Math.max(processesByEvents, processesByKept);
  const diskBytesPerSecond = eventsPerSecond * (scanBytes() + changelogBytes) * chosen.copies;
  return {
    eventsPerSecond,
    parcelsPerDay,
    openShipments,
    keptShipments,
    openGiB: giBOf(openShipments),
    keptGiB: giBOf(keptShipments),
    processesByEvents,
    processesByOpen,
    processesByKept,
    // Twice as many as processes, so that they can be shared evenly; the next power of two, since they are hard to change.
    partitions: Math.max(chosen.leastPartitions, 2 ** Math.ceil(Math.log2(2 * processes))),
    brokers: Math.max(chosen.leastBrokers, Math.ceil((chosen.copies * eventsPerSecond) / (chosen.load * latency.greatestRecordsPerSecond))),
    diskMiBPerSecond: diskBytesPerSecond / 2 ** 20,
    diskTiB: (eventsPerSecond * scanBytes() * chosen.copies * chosen.inputDays * secondsADay) / 2 ** 40,
    takeOverSeconds: ((keptShipments / processes / Math.max(1, processes - 1)) * shipments.restoreSeconds) / shipments.shipments,
  };
};
