import type { Seen } from '../../src/engine/stage.ts';
import { foldEvent } from '../../src/streaming/fold-event.ts';
import type { Session } from '../../src/streaming/session.ts';
import type { PlaybackEvent } from '../../src/topics/streaming-playback.ts';
import { streamingPlayback } from '../../src/topics/streaming-playback.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, instant } from '../../src/values/time.ts';

/** Eight in the evening, when the film starts. */
export const eight: Instant = instant(Date.parse('2026-12-05T20:00:00Z'));

export const seen = (time: Instant, offset = 0): Seen => ({ topic: 'streaming.playback', partition: 1, offset, time });

type Kind<E extends PlaybackEvent['event']> = Omit<
  Extract<PlaybackEvent, { event: E }>,
  'session' | 'customer' | 'title' | 'offer' | 'observedAt' | 'event'
>;
const event = (seconds: number, rest: object): PlaybackEvent =>
  streamingPlayback.schema.parse({
    session: 's1',
    customer: 'c1',
    title: 't1',
    offer: 'rental',
    observedAt: new Date(after(eight, seconds * 1_000)).toISOString(),
    ...rest,
  });

/** Events of one session, `seconds` after eight. */
export const start = (seconds: number, startupMs = 800, more: Partial<PlaybackEvent> = {}): PlaybackEvent =>
  event(seconds, { event: 'start', startupMs, ...more });
export const heartbeat = (seconds: number, playedMs: number, of: Partial<Kind<'heartbeat'>> = {}): PlaybackEvent =>
  event(seconds, { event: 'heartbeat', positionMs: seconds * 1_000, playedMs, throughputKbps: 8_000, bitrateKbps: 4_000, ...of });
export const stall = (seconds: number, stalledMs: number): PlaybackEvent =>
  event(seconds, { event: 'stall', positionMs: seconds * 1_000, stalledMs });
export const end = (seconds: number, why: 'finished' | 'abandoned' | 'error' = 'abandoned', positionMs = seconds * 1_000): PlaybackEvent =>
  event(seconds, { event: 'end', positionMs, why });

/** What a session becomes of events, each logged when it was observed. */
export const playback = (...events: readonly [PlaybackEvent, ...PlaybackEvent[]]): Session => {
  let session: Session | undefined;
  for (const [index, one] of events.entries()) session = foldEvent(session, one, seen(instant(Date.parse(one.observedAt)), index));
  return session ?? foldEvent(undefined, events[0], seen(eight));
};
