import type { ZodType, z } from 'zod';
import { fileSchema, ruleSchema, stepSchemas } from './file-schema.ts';
import type { Mistake } from './mistake.ts';
import { didYouMean } from './nearest.ts';

type ZodIssue = z.core.$ZodIssue;
type Known = (path: Mistake['path']) => readonly string[];

const at = (value: unknown, path: Mistake['path']): unknown =>
  path.reduce<unknown>(
    (found, part) => (typeof found === 'object' && found !== null ? (found as Record<string | number, unknown>)[part] : undefined),
    value,
  );

const keysOf = (schema: unknown): readonly string[] => {
  const shape = (schema as { readonly shape?: unknown } | undefined)?.shape;
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
};

/** The settings that an object of the file at `path` may have. */
const knownIn =
  (file: unknown): Known =>
  (path) => {
    if (path[0] === 'quietHours') return ['from', 'until'];
    if (path[0] !== 'rules') return keysOf(fileSchema);
    if (path.length <= 2) return keysOf(ruleSchema);
    const remedy = String(at(file, [...path, 'remedy']));
    return keysOf(Object.hasOwn(stepSchemas, remedy) ? stepSchemas[remedy as keyof typeof stepSchemas] : stepSchemas.refund);
  };

const listed = (values: readonly unknown[]): string => values.map((value) => `"${String(value)}"`).join(', ');

const fromIssue = (issue: ZodIssue, before: Mistake['path'], file: unknown, known: Known): Mistake[] => {
  const path = [...before, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const found = at(file, path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      atKey: true,
      what: `there is no setting "${key}" here${didYouMean(key, known(path))}`,
    }));
  }
  if (found === undefined && issue.code !== 'custom') {
    const choices = issue.code === 'invalid_value' ? `: one of ${listed(issue.values)}` : '';
    return [{ path, what: `is missing${choices}` }];
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid')) {
    return [
      {
        path,
        what: `expected one of ${listed(issue.values)}, found ${JSON.stringify(found)}${typeof found === 'string' ? didYouMean(found, issue.values.map(String)) : ''}`,
      },
    ];
  }
  if (issue.code === 'invalid_union' && path.at(-1) === 'remedy') {
    const kinds = Object.keys(stepSchemas);
    return [
      {
        path,
        what: `expected one of ${listed(kinds)}, found ${JSON.stringify(found)}${typeof found === 'string' ? didYouMean(found, kinds) : ''}`,
      },
    ];
  }
  return [{ path, what: issue.message.replace(/^Invalid input: /, '').replace(/^Too (big|small): /, '') }];
};

/** What is wrong with each field of the file by itself. */
export const fileMistakes = (file: unknown): Mistake[] => {
  const parsed = fileSchema.safeParse(file);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => fromIssue(issue, [], file, knownIn(file)));
};

/** What is wrong with the detectors' settings: each is checked by its detector's own schema, and must be of a detector there is. */
export const detectorMistakes = (file: unknown, settings: Readonly<Record<string, ZodType>>): Mistake[] => {
  const given = at(file, ['detectors']);
  const names = Object.keys(settings);
  const unknown = (typeof given === 'object' && given !== null ? Object.keys(given) : [])
    .filter((name) => !names.includes(name))
    .map((name): Mistake => ({
      path: ['detectors', name],
      atKey: true,
      what: `there is no detector "${name}"${didYouMean(name, names)}; there are: ${names.join(', ')}`,
    }));
  const wrong = Object.entries(settings).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(at(given, [name]) ?? {});
    return parsed.success ? [] : parsed.error.issues.flatMap((issue) => fromIssue(issue, ['detectors', name], file, () => keysOf(schema)));
  });
  return [...unknown, ...wrong];
};
