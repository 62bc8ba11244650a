import type { Seen } from '../engine/stage.ts';
import type { PlaybackEvent } from '../topics/streaming-playback.ts';
import type { Instant } from '../values/time.ts';
import { instant, minuteMs } from '../values/time.ts';
import type { Session } from './session.ts';

/** What was odd about an event; the outcome of each is in the README. */
export type EventFlag = 'duplicate' | 'too-old' | 'future';

/** How many events are remembered to know one that comes twice. What is older than all of these is not counted: better a stall too few than one twice. */
const seenKept = 64;

/** How many of the longest stalls are kept as evidence. */
const worstKept = 3;

/** A stall counts for no more: a device that sleeps reports hours, and nobody sat and waited. Chosen, not measured. */
const longestStallMs = 5 * minuteMs;

const newSession = (event: PlaybackEvent, observed: Instant, at: Seen): Session => ({
  customer: event.customer,
  title: event.title,
  offer: event.offer,
  startupMs: 0,
  playedMs: 0,
  starvedMs: 0,
  throughputSum: 0,
  bitrateSum: 0,
  stalls: 0,
  stalledMs: 0,
  farthestMs: 0,
  lastAt: observed,
  heardAt: at.time,
  worst: [],
  last: { partition: at.partition, offset: at.offset },
  seen: [],
});

/**
 * A session with what a player reports. Sums, leasts and greatests only, so the order of the events doesn't matter; one
 * that comes twice (same time, event and position) or is older than all that are remembered changes nothing, and then the
 * same object comes back. A player's clock that is ahead of the log's is not believed.
 */
export const foldEvent = (
  session: Session | undefined,
  event: PlaybackEvent,
  at: Seen,
  flag: (flag: EventFlag) => void = () => {},
): Session => {
  const toldMs = Date.parse(event.observedAt);
  if (toldMs > at.time + minuteMs) flag('future');
  const observed = instant(Math.min(toldMs, at.time));
  const before = session ?? newSession(event, observed, at);
  const what = event.event === 'start' ? 'start' : `${event.event} ${event.positionMs}`;
  const oldest = before.seen[0];
  if (before.seen.some((one) => one.toldMs === toldMs && one.what === what)) {
    flag('duplicate');
    return before;
  }
  if (oldest && before.seen.length >= seenKept && toldMs < oldest.toldMs) {
    flag('too-old');
    return before;
  }
  const newer = observed >= before.lastAt;
  const common: Session = {
    ...before,
    lastAt: newer ? observed : before.lastAt,
    heardAt: instant(Math.max(before.heardAt, at.time)),
    last: newer ? { partition: at.partition, offset: at.offset } : before.last,
    farthestMs: event.event === 'start' ? before.farthestMs : Math.max(before.farthestMs, event.positionMs),
    seen: [...before.seen, { toldMs, what }].sort((a, b) => a.toldMs - b.toldMs || (a.what < b.what ? -1 : 1)).slice(-seenKept),
  };
  return count(common, event, observed, at);
};

const count = (session: Session, event: PlaybackEvent, observed: Instant, at: Seen): Session => {
  const place = { partition: at.partition, offset: at.offset };
  switch (event.event) {
    case 'start': {
      const earliest = session.startedAt === undefined || observed < session.startedAt;
      return {
        ...session,
        startupMs: Math.max(session.startupMs, event.startupMs),
        ...(earliest && { startedAt: observed, started: place }),
        ...(event.cdn !== undefined && { cdn: event.cdn }),
        ...(event.isp !== undefined && { isp: event.isp }),
      };
    }
    case 'heartbeat':
      return {
        ...session,
        playedMs: session.playedMs + event.playedMs,
        starvedMs: session.starvedMs + (event.throughputKbps < event.bitrateKbps ? event.playedMs : 0),
        throughputSum: session.throughputSum + event.throughputKbps * event.playedMs,
        bitrateSum: session.bitrateSum + event.bitrateKbps * event.playedMs,
      };
    case 'stall': {
      const stalledMs = Math.min(event.stalledMs, longestStallMs);
      return {
        ...session,
        stalls: session.stalls + 1,
        stalledMs: session.stalledMs + stalledMs,
        worst: [...session.worst, { ...place, stalledMs }]
          .sort((a, b) => b.stalledMs - a.stalledMs || a.offset - b.offset)
          .slice(0, worstKept),
      };
    }
    case 'end':
      return session.endedAt === undefined || observed > session.endedAt ? { ...session, endedAt: observed, endedWhy: event.why } : session;
  }
};
