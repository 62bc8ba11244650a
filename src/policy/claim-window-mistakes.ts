import type { ZodType } from 'zod';
import { durationInWords } from '../values/duration.ts';
import type { PolicyFile } from './file-schema.ts';
import { fileSchema } from './file-schema.ts';
import type { Mistake } from './mistake.ts';

/** The greatest number in a detector's settings, as its schema has read them: its longest duration, in ms, beside which shares and counts are nothing. */
const longestMs = (settings: unknown): number => {
  if (typeof settings === 'number') return settings;
  return typeof settings === 'object' && settings !== null ? Math.max(0, ...Object.values(settings).map(longestMs)) : 0;
};

const ladderMs = (rules: PolicyFile['rules'], detector: string): number =>
  Math.max(
    0,
    ...rules.filter(({ issue }) => issue === detector).flatMap(({ settle, ladder }) => ladder.map(({ after }) => settle + (after ?? 0))),
  );

/**
 * A subject is forgotten `claimWindow` after the last that was heard of it, so within that its silence must be found and
 * the ladder climbed: for each detector the longest wait (its own, or until news is old, or the grace), and then the ladder.
 * Looks only at a file whose fields are right by themselves.
 */
export const claimWindowMistakes = (file: unknown, settings: Readonly<Record<string, ZodType>>): Mistake[] => {
  const parsed = fileSchema.safeParse(file);
  if (!parsed.success) return [];
  const { claimWindow, freshFor, promiseGrace, detectors, rules } = parsed.data;
  return Object.entries(settings).flatMap(([name, schema]): Mistake[] => {
    const own = schema.safeParse(detectors[name] ?? {});
    if (!own.success) return [];
    const waitMs = Math.max(longestMs(own.data), freshFor, promiseGrace);
    const climbMs = ladderMs(rules, name);
    if (waitMs + climbMs < claimWindow) return [];
    return [
      {
        path: ['claimWindow'],
        what: `must be longer than ${durationInWords(waitMs + climbMs)}: "${name}" waits up to ${durationInWords(waitMs)}, its ladder ${durationInWords(climbMs)} more, and what is older than claimWindow is forgotten`,
      },
    ];
  });
};
