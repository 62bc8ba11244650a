import { describe, expect, it } from 'vitest';
import { DrivenClock, realClock } from '../../src/values/clock.ts';
import { after, instant } from '../../src/values/time.ts';

const start = instant(1_000);

describe('a driven clock', () => {
  it('stands still until it is driven', async () => {
    const clock = new DrivenClock(start);
    let isOver = false;
    void clock.wait(10).then(() => (isOver = true));
    await clock.advance(after(start, 9));
    expect([clock.now(), isOver]).toEqual([1_009, false]);
    await clock.advance(after(start, 10));
    expect([clock.now(), isOver]).toEqual([1_010, true]);
  });

  it('resolves waits in the order of their deadlines, each at its own time', async () => {
    const clock = new DrivenClock(start);
    const seen: (readonly [string, number])[] = [];
    for (const [name, ms] of [
      ['late', 30],
      ['early', 10],
      ['middle', 20],
      ['early too', 10],
    ] as const)
      void clock.wait(ms).then(() => seen.push([name, clock.now()]));
    await clock.advanceBy(100);
    expect(seen).toEqual([
      ['early', 1_010],
      ['early too', 1_010],
      ['middle', 1_020],
      ['late', 1_030],
    ]);
    expect(clock.now()).toBe(1_100);
  });

  it('goes on with what a wait leads to before time moves further', async () => {
    const clock = new DrivenClock(start);
    const seen: number[] = [];
    const beat = async (): Promise<void> => {
      while (seen.length < 5) {
        await clock.wait(2_000);
        await Promise.resolve();
        seen.push(clock.now());
      }
    };
    void beat();
    await clock.advanceBy(10_000);
    expect(seen).toEqual([3_000, 5_000, 7_000, 9_000, 11_000]);
  });

  it('ends a wait at once when its signal aborts, before or meanwhile', async () => {
    const clock = new DrivenClock(start);
    await clock.wait(10, AbortSignal.abort());
    const stop = new AbortController();
    const waiting = clock.wait(10, stop.signal);
    expect(clock.nextDeadline()).toBe(1_010);
    stop.abort();
    await waiting;
    expect(clock.nextDeadline()).toBeUndefined();
    expect(clock.now()).toBe(start);
  });

  it('names the next deadline', () => {
    const clock = new DrivenClock(start);
    expect(clock.nextDeadline()).toBeUndefined();
    void clock.wait(50);
    void clock.wait(20);
    expect(clock.nextDeadline()).toBe(1_020);
  });

  it('does not wait where there is nothing to wait for', async () => {
    const clock = new DrivenClock(start);
    await clock.wait(0);
    await clock.wait(-5);
    expect(clock.now()).toBe(start);
  });

  it('is never driven backwards', async () => {
    await expect(new DrivenClock(start).advance(instant(999))).rejects.toThrow(/invariant/);
  });
});

describe('the real clock', () => {
  it('waits as long as it is told', async () => {
    const from = performance.now();
    await realClock.wait(20);
    expect(performance.now() - from).toBeGreaterThanOrEqual(19);
  });

  it('ends a wait at once when its signal aborts, before or meanwhile', async () => {
    const from = performance.now();
    await realClock.wait(60_000, AbortSignal.abort());
    const stop = new AbortController();
    const waiting = realClock.wait(60_000, stop.signal);
    stop.abort();
    await waiting;
    expect(performance.now() - from).toBeLessThan(10_000);
  });

  it('can wait longer than a timer of Node can', async () => {
    const stop = new AbortController();
    let isOver = false;
    const waiting = realClock.wait(2 ** 40, stop.signal).then(() => (isOver = true));
    await realClock.wait(20);
    expect(isOver).toBe(false);
    stop.abort();
    await waiting;
  });
});
