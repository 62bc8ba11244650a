import { createHash } from 'node:crypto';
import { LineCounter, parseDocument } from 'yaml';
import type { ZodType } from 'zod';
import { AmendsError } from '../happenings/errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { claimWindowMistakes } from './claim-window-mistakes.ts';
import { crossChecks } from './cross-checks.ts';
import type { PolicyFile } from './file-schema.ts';
import { fileSchema } from './file-schema.ts';
import type { Mistake } from './mistake.ts';
import { pathInWords } from './mistake.ts';
import { placeOf } from './place.ts';
import type { Policy, Rule, Step } from './policy.ts';
import { detectorMistakes, fileMistakes } from './schema-mistakes.ts';

/** As in the schema; told again where the file may leave it out. */
const defaults = { claimWindow: 'P120D' };

const toStep = ({ after: _after, unless, ...step }: PolicyFile['rules'][number]['ladder'][number], afterMs: number): Step => {
  const any = { afterMs, ...(unless !== undefined && { unless }) };
  if (step.remedy !== 'notification') return { ...step, ...any };
  const { announces, ...rest } = step;
  return { ...rest, ...any, ...(announces !== undefined && { announces }) };
};

const toRule = ({ name, issue, reasons, mode, settle, ladder }: PolicyFile['rules'][number]): Rule => {
  let afterMs = 0;
  const steps = ladder.map((step) => toStep(step, (afterMs = step.after ?? afterMs)));
  return { name, issue, ...(reasons && { reasons }), mode, settleMs: settle, ladder: steps };
};

const toPolicy = (file: PolicyFile, settings: Readonly<Record<string, ZodType>>): Policy => {
  const policy = {
    version: file.version,
    detectors: file.detectors,
    rules: file.rules.map(toRule),
    promiseGraceMs: file.promiseGrace,
    freshForMs: file.freshFor,
    claimWindowMs: file.claimWindow,
    expiryMs: file.expiry,
    quietHours: file.quietHours,
  };
  // With the detectors' defaults: a version of Amends that judges otherwise must be armed anew.
  const detectors = Object.fromEntries(Object.entries(settings).map(([name, schema]) => [name, schema.parse(file.detectors[name] ?? {})]));
  const hash = createHash('sha256')
    .update(canonicalJson({ ...policy, detectors }))
    .digest('hex');
  return { ...policy, hash };
};

/**
 * The policy that `text` (YAML 1.2) holds. `file` names it in mistakes; `detectorSettings` has the settings' schema of every
 * detector there is, by its name. Throws AMENDS_POLICY_INVALID with all mistakes, each `file:line:column: path: what`.
 */
export const readPolicy = (text: string, file: string, detectorSettings: Readonly<Record<string, ZodType>>): Policy => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const unreadable = [...document.errors, ...document.warnings].map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `${file}:${line}:${col}: file: ${message}`;
  });
  if (unreadable.length) throw new AmendsError('AMENDS_POLICY_INVALID', unreadable);
  let held: unknown;
  try {
    held = document.toJS();
  } catch (error) {
    throw new AmendsError('AMENDS_POLICY_INVALID', [`${file}:1:1: file: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const mistakes: Mistake[] = [
    ...fileMistakes(held),
    ...detectorMistakes(held, detectorSettings),
    ...crossChecks(held, Object.keys(detectorSettings), defaults),
    ...claimWindowMistakes(held, detectorSettings),
  ];
  if (mistakes.length) {
    const placed = mistakes
      .map((mistake) => ({ ...mistake, ...placeOf(document, lines, mistake) }))
      .sort((a, b) => a.line - b.line || a.column - b.column);
    throw new AmendsError('AMENDS_POLICY_INVALID', [
      ...new Set(placed.map(({ line, column, path, what }) => `${file}:${line}:${column}: ${pathInWords(path)}: ${what}`)),
    ]);
  }
  return toPolicy(fileSchema.parse(held), detectorSettings);
};
