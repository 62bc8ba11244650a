import type { PlaybackEvent } from '../topics/streaming-playback.ts';
import type { CustomerId } from '../values/ids.ts';
import type { Instant } from '../values/time.ts';

/** A record on `streaming.playback`, by where it lies. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** How one playback went, in sums: what came when doesn't matter, nor what came twice (`seen`). */
export interface Session {
  readonly customer: CustomerId;
  readonly title: string;
  readonly offer: PlaybackEvent['offer'];
  readonly startedAt?: Instant;
  /** The longest wait for the first picture. */
  readonly startupMs: number;
  readonly playedMs: number;
  /** Of `playedMs`: with a measured throughput below the bitrate. */
  readonly starvedMs: number;
  /** kbit/s times ms, so that their mean over `playedMs` is weighted by time. */
  readonly throughputSum: number;
  readonly bitrateSum: number;
  readonly stalls: number;
  readonly stalledMs: number;
  readonly farthestMs: number;
  /** The newest event, by the player's clock. */
  readonly lastAt: Instant;
  /** The newest event, by the log's. */
  readonly heardAt: Instant;
  readonly endedAt?: Instant;
  readonly endedWhy?: 'finished' | 'abandoned' | 'error';
  readonly cdn?: string;
  readonly isp?: string;
  readonly started?: Place;
  /** The longest stalls. */
  readonly worst: readonly (Place & { readonly stalledMs: number })[];
  readonly last: Place;
  /** The newest events, so that each counts once. */
  readonly seen: readonly { readonly toldMs: number; readonly what: string }[];
}
