import { AmendsError } from '../happenings/errors.ts';
import type { Configured, Detector } from './detector.ts';
import { configure } from './detector.ts';

/**
 * A stage's detectors with their settings from the policy (its `detectors` map, by name); a detector that the policy
 * doesn't mention gets its defaults. Names of other stages' detectors are left alone. Throws AMENDS_POLICY_INVALID with
 * every mistake at once.
 */
export const configureAll = <Subject>(
  detectors: readonly Detector<Subject, unknown>[],
  settings: Readonly<Record<string, unknown>>,
): readonly Configured<Subject>[] => {
  const mistakes: string[] = [];
  const configured = detectors.flatMap((detector) => {
    const parsed = detector.settings.safeParse(settings[detector.name] ?? {});
    if (parsed.success) return [configure(detector, parsed.data)];
    mistakes.push(
      ...parsed.error.issues.map((issue) => `detectors.${[detector.name, ...issue.path].map(String).join('.')}: ${issue.message}`),
    );
    return [];
  });
  if (mistakes.length) throw new AmendsError('AMENDS_POLICY_INVALID', mistakes);
  return configured;
};
