import type { ZodType } from 'zod';
import type { Finding } from '../topics/issues.ts';
import type { Instant } from '../values/time.ts';

/**
 * A judgement without memory: no I/O, no clock, no randomness, nothing kept between calls. Opening, changing and closing
 * the issue is done once, for all, by `track`.
 */
export interface Detector<Subject, Settings> {
  readonly name: string;
  /** Parses the detector's own part of the policy; every field has a default that cites its source. */
  readonly settings: ZodType<Settings>;
  judge(subject: Readonly<Subject>, now: Instant, settings: Settings): Judgement;
}

/** `finding`: what is wrong at `now`. `stands`, without one: nothing is wrong any more, but it was, for certain. `wakeAt`: when it wants to be asked again if nothing happens; always after `now`. */
export interface Judgement {
  readonly finding?: Finding;
  readonly wakeAt?: Instant;
  readonly stands?: true;
}

/** Nothing is wrong, and nothing will be by time alone. */
export const nothing: Judgement = Object.freeze({});

/** A detector with its settings from the policy, ready to be asked. */
export interface Configured<Subject> {
  readonly name: string;
  judge(subject: Readonly<Subject>, now: Instant): Judgement;
}

/** Binds a detector to settings that its own schema has parsed. */
export const configure = <Subject, Settings>(detector: Detector<Subject, Settings>, settings: Settings): Configured<Subject> => ({
  name: detector.name,
  judge: (subject, now) => detector.judge(subject, now, settings),
});
