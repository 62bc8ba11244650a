import type { Instant } from '../values/time.ts';
import { instant, never } from '../values/time.ts';
import type { Shipment } from './shipment.ts';

/** The last instant that a parcel tells of: the end of its promised window, or the newest scan by when it was observed. */
export const restedAt = ({ promise, movedAt, exceptionAt, lostAt, arrivedAt, returnedAt }: Shipment): Instant =>
  instant(
    Math.max(
      promise === undefined ? never : Math.max(promise.until, promise.madeAt),
      movedAt ?? never,
      exceptionAt ?? never,
      lostAt ?? never,
      arrivedAt ?? never,
      returnedAt ?? never,
    ),
  );
