import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldEvent } from '../../src/streaming/fold-event.ts';
import type { Session } from '../../src/streaming/session.ts';
import type { PlaybackEvent } from '../../src/topics/streaming-playback.ts';
import { after, dayMs, hourMs } from '../../src/values/time.ts';
import { eight, end, heartbeat, playback, seen, stall, start } from './a-playback.ts';

const fold = (
  session: Session | undefined,
  event: PlaybackEvent,
  seconds: number,
): { readonly after: Session; readonly flags: readonly string[] } => {
  const flags: string[] = [];
  return { after: foldEvent(session, event, seen(after(eight, seconds * 1_000), 99), (flag) => flags.push(flag)), flags };
};

describe('what a player reports', () => {
  it('adds up', () => {
    expect(
      playback(start(0, 1_200), heartbeat(60, 60_000), stall(70, 4_000), heartbeat(120, 50_000, { throughputKbps: 1_000 }), end(130)),
    ).toMatchObject({
      startedAt: eight,
      startupMs: 1_200,
      playedMs: 110_000,
      starvedMs: 50_000,
      stalls: 1,
      stalledMs: 4_000,
      endedAt: after(eight, 130_000),
      endedWhy: 'abandoned',
    });
  });

  it('adds up to the same in any order, and however often each comes', () => {
    const anyEvent = fc
      .integer({ min: 0, max: 5 })
      .chain((at) =>
        fc.constantFrom(
          start(at),
          heartbeat(at, 10_000),
          heartbeat(at, 10_000, { throughputKbps: 100 }),
          stall(at, 3_000),
          end(at, 'abandoned'),
        ),
      );
    const twoOrders = fc
      .uniqueArray(anyEvent, { minLength: 1, maxLength: 10, selector: (one) => `${one.event} ${one.observedAt}` })
      .chain((some) =>
        fc.tuple(fc.constant(some), fc.shuffledSubarray([...some, ...some], { minLength: some.length * 2, maxLength: some.length * 2 })),
      );
    const sums = (events: readonly PlaybackEvent[]): unknown => {
      let session: Session | undefined;
      for (const one of events) session = foldEvent(session, one, seen(after(eight, hourMs)));
      return session;
    };
    fc.assert(
      fc.property(twoOrders, ([some, shuffled]) => {
        expect(sums(shuffled)).toEqual(sums(some));
      }),
      { numRuns: 500 },
    );
  });

  it('twice counts once', () => {
    const before = playback(start(0), stall(70, 4_000));
    const { after: now, flags } = fold(before, stall(70, 4_000), 80);
    expect(now).toBe(before);
    expect(flags).toEqual(['duplicate']);
  });

  it('is remembered in bounds, and what is older than that is not counted', () => {
    const many = Array.from({ length: 100 }, (_, minute) => heartbeat(60 + minute * 60, 60_000));
    const before = playback(start(0), ...many);
    expect(before.seen).toHaveLength(64);
    const { after: now, flags } = fold(before, stall(100, 4_000), 7_000);
    expect(now).toBe(before);
    expect(flags).toEqual(['too-old']);
  });

  it('from a clock that runs ahead is taken as seen when it was logged', () => {
    const { after: now, flags } = fold(undefined, start(10 * 365 * 86_400), 0);
    expect(now.startedAt).toBe(eight);
    expect(flags).toEqual(['future']);
  });

  it('of a device that slept for a night is no night of waiting', () => {
    expect(playback(start(0), stall(70, 8 * hourMs)).stalledMs).toBe(5 * 60_000);
  });

  it('keeps where the start, the longest stalls and the last event can be read', () => {
    const session = playback(start(0), stall(10, 1_000), stall(20, 5_000), stall(30, 2_000), stall(40, 4_000), end(50));
    expect([session.started?.offset, session.worst.map(({ offset }) => offset), session.last.offset]).toEqual([0, [2, 4, 3], 5]);
  });

  it('stays small enough for a row, however long the session', () => {
    const day = Array.from({ length: dayMs / 60_000 }, (_, minute) => heartbeat(60 + minute * 60, 60_000));
    expect(JSON.stringify(playback(start(0), ...day)).length).toBeLessThan(5_000);
  });
});
