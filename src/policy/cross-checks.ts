import { parseDurationMs } from '../values/duration.ts';
import type { Mistake } from './mistake.ts';
import { didYouMean } from './nearest.ts';
import { isTemplateName, templates } from './templates.ts';

type Loose = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Loose => (typeof value === 'object' && value !== null ? (value as Loose) : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const asMs = (value: unknown): number | undefined => {
  try {
    return typeof value === 'string' ? parseDurationMs(value) : undefined;
  } catch {
    return undefined;
  }
};

const twice = (
  names: readonly (string | undefined)[],
  pathOf: (index: number) => Mistake['path'],
  what: (name: string, first: number) => string,
): Mistake[] =>
  names.flatMap((name, index) => {
    const first = names.indexOf(name);
    return name === undefined || first === index ? [] : [{ path: pathOf(index), what: what(name, first) }];
  });

/** What a step may announce or stand in for: an earlier step of its ladder. */
const reference = (steps: readonly Loose[], index: number, setting: 'announces' | 'unless', path: Mistake['path']): Mistake[] => {
  const wanted = asText(steps[index]?.[setting]);
  if (wanted === undefined) return [];
  const earlier = steps.slice(0, index).flatMap((step) => asText(step['name']) ?? []);
  if (earlier.includes(wanted)) return [];
  const later = steps.slice(index).some((step) => step['name'] === wanted);
  return [
    {
      path: [...path, setting],
      what: later ? `"${wanted}" must stand before this step` : `no step of this ladder is named "${wanted}"${didYouMean(wanted, earlier)}`,
    },
  ];
};

/** A message never says that something was done which the ladder doesn't do before it. */
const truthful = (steps: readonly Loose[], index: number, path: Mistake['path']): Mistake[] => {
  const step = steps[index] ?? {};
  const message = asText(step['message']);
  if (message === undefined || !isTemplateName(message)) return [];
  const { tellsOf, ofOnly } = { ofOnly: undefined, ...templates[message] };
  const announced = steps.slice(0, index).find(({ name }) => name !== undefined && name === step['announces']);
  if (tellsOf === 'nothing') {
    return step['announces'] === undefined
      ? []
      : [{ path: [...path, 'announces'], what: `the message "${message}" tells of no remedy, so it announces none`, atKey: true }];
  }
  if (step['announces'] === undefined)
    return [{ path: [...path, 'message'], what: `the message "${message}" tells of a ${tellsOf}: say by "announces" which step gives it` }];
  if (announced === undefined) return [];
  if (announced['remedy'] === tellsOf) {
    const alone = ofOnly === undefined || (asList(announced['of']).length === 1 && asList(announced['of'])[0] === ofOnly);
    return alone
      ? []
      : [
          {
            path: [...path, 'announces'],
            what: `the message "${message}" tells of ${ofOnly} only, but "${asText(step['announces'])}" is not of: [${ofOnly}]`,
          },
        ];
  }
  return [
    {
      path: [...path, 'announces'],
      what: `the message "${message}" tells of a ${tellsOf}, but "${asText(step['announces'])}" is a ${asText(announced['remedy'])}`,
    },
  ];
};

const ladderMistakes = (steps: readonly Loose[], path: Mistake['path']): Mistake[] => {
  let latest = 0;
  let latestText = '';
  const falling = steps.flatMap((step, index): Mistake[] => {
    const ms = asMs(step['after']);
    if (ms === undefined) return [];
    const before = latest;
    if (ms < before) return [{ path: [...path, index, 'after'], what: `must not come before the step above it (${latestText})` }];
    latest = ms;
    latestText = String(step['after']);
    return [];
  });
  return [
    ...twice(
      steps.map(({ name }) => asText(name)),
      (index) => [...path, index, 'name'],
      (name, first) => `a step named "${name}" stands already in this ladder, as number ${first + 1}`,
    ),
    ...falling,
    ...steps.flatMap((_, index) => [
      ...reference(steps, index, 'announces', [...path, index]),
      ...reference(steps, index, 'unless', [...path, index]),
      ...truthful(steps, index, [...path, index]),
    ]),
  ];
};

/**
 * What no field can say by itself: names that must be known, unique or earlier, deadlines that must rise, messages that must
 * be true. Works on the file as it was written, so that a mistake in one place hides none in another.
 */
export const crossChecks = (file: unknown, detectors: readonly string[], defaults: { readonly claimWindow: string }): Mistake[] => {
  const rules = asList(asObject(file)['rules']).map(asObject);
  const claimWindow = asText(asObject(file)['claimWindow']) ?? defaults.claimWindow;
  const claimWindowMs = asMs(claimWindow) ?? Number.POSITIVE_INFINITY;
  const unknown = rules.flatMap(({ issue }, index): Mistake[] =>
    typeof issue !== 'string' || detectors.includes(issue)
      ? []
      : [
          {
            path: ['rules', index, 'issue'],
            what: `no detector finds "${issue}"${didYouMean(issue, detectors)}; there are: ${detectors.join(', ')}`,
          },
        ],
  );
  const claimed = new Map<string, string>();
  const overlapping = rules.flatMap(({ name, issue, reasons }, index): Mistake[] => {
    if (typeof issue !== 'string') return [];
    const named = reasons === undefined ? [undefined] : asList(reasons).map(String);
    return named.flatMap((reason, at): Mistake[] => {
      const what = JSON.stringify([issue, reason]);
      const other = claimed.get(what);
      claimed.set(what, other ?? String(name));
      if (other === undefined) return [];
      return reason === undefined
        ? [{ path: ['rules', index, 'issue'], what: `the rule "${other}" is already for every "${issue}"; give one of them "reasons"` }]
        : [{ path: ['rules', index, 'reasons', at], what: `the rule "${other}" is already for "${issue}" with the reason "${reason}"` }];
    });
  });
  const tooLong = rules.flatMap(({ settle, ladder }, index): Mistake[] =>
    asList(ladder).flatMap((step, at): Mistake[] => {
      const { after } = asObject(step);
      if ((asMs(settle) ?? 0) + (asMs(after) ?? 0) < claimWindowMs) return [];
      return [
        {
          path: ['rules', index, 'ladder', at, ...(after === undefined ? [] : ['after'])],
          what: `is due only when the case is forgotten: settle and after must be less than claimWindow (${claimWindow})`,
        },
      ];
    }),
  );
  return [
    ...twice(
      rules.map(({ name }) => asText(name)),
      (index) => ['rules', index, 'name'],
      (name, first) => `a rule named "${name}" stands already as number ${first + 1}`,
    ),
    ...unknown,
    ...overlapping,
    ...tooLong,
    ...rules.flatMap(({ ladder }, index) => ladderMistakes(asList(ladder).map(asObject), ['rules', index, 'ladder'])),
  ];
};
