import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { untilToldToStop } from '../../../src/cli/service/until-told-to-stop.ts';
import { DrivenClock } from '../../../src/values/clock.ts';
import { instant } from '../../../src/values/time.ts';

const withinMs = 1_000;
const parts = () => ({ signals: new EventEmitter(), clock: new DrivenClock(instant(0)), withinMs });

/** Work that ends `done` is called, whatever it is told. */
const stubborn = () => {
  let done: () => void = () => {};
  const ended = new Promise<void>((resolve) => (done = resolve));
  return { work: () => ended, done };
};

describe('a process that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'])('ends its work on %s, and takes no more signals', async (name) => {
    const of = parts();
    const ended = untilToldToStop((signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())), of);
    of.signals.emit(name);
    expect(await ended).toBe('done');
    expect(of.signals.listenerCount(name)).toBe(0);
  });

  it('is cut short when the work takes too long, and not before', async () => {
    const of = parts();
    let outcome = 'none';
    const ended = untilToldToStop(stubborn().work, of).then((how) => (outcome = how));
    of.signals.emit('SIGTERM');
    await of.clock.advanceBy(withinMs - 1);
    expect(outcome).toBe('none');
    await of.clock.advanceBy(1);
    expect(await ended).toBe('cut short');
  });

  it('is cut short at once by a second signal', async () => {
    const of = parts();
    const ended = untilToldToStop(stubborn().work, of);
    of.signals.emit('SIGTERM');
    of.signals.emit('SIGINT');
    expect(await ended).toBe('cut short');
  });

  it('fails as its work fails', async () => {
    await expect(untilToldToStop(() => Promise.reject(new Error('no')), parts())).rejects.toThrow('no');
  });

  it('ends by itself where its work does', async () => {
    const { work, done } = stubborn();
    const ended = untilToldToStop(work, parts());
    done();
    expect(await ended).toBe('done');
  });
});
