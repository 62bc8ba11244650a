import { z } from 'zod';
import { durationMs } from '../formats/duration.ts';
import { componentKind } from '../topics/parts.ts';

import type { TemplateName } from './templates.ts';
import { templates } from './templates.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected a name of small letters, digits and "-", such as shipping-back');
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a local time such as 21:00');
const templateNames = Object.keys(templates) as [TemplateName, ...TemplateName[]];

const anyStep = {
  name: name.describe('Unique in its ladder.'),
  after: durationMs.optional().describe('How long after the issue opened; together with the step before it where absent.'),
  unless: name.optional().describe('An earlier step: this one is taken only where that one was not ordered.'),
};
const moneyStep = {
  ...anyStep,
  of: z
    .array(componentKind)
    .min(1)
    .prefault(['line', 'tax', 'shipping', 'fee'])
    .describe('The kinds of components that are given back; all where absent.'),
  share: z
    .number()
    .positive()
    .max(1)
    .prefault(1)
    .describe('Up to this share of what was paid for them, counting what anyone gave before; rounded down.'),
};

/** Each kind of step with its own settings, so that an editor offers the right ones. */
export const stepSchemas = {
  notification: z.strictObject({
    ...anyStep,
    remedy: z.literal('notification'),
    message: z.enum(templateNames).describe('The template of the words.'),
    announces: name.optional().describe('The earlier step that the message tells of: it is sent only once that was ordered.'),
  }),
  refund: z.strictObject({ ...moneyStep, remedy: z.literal('refund') }),
  credit: z.strictObject({ ...moneyStep, remedy: z.literal('credit') }),
  replacement: z.strictObject({
    ...anyStep,
    remedy: z.literal('replacement'),
    service: z.enum(['standard', 'express']).prefault('standard'),
  }),
  escalation: z.strictObject({
    ...anyStep,
    remedy: z.literal('escalation'),
    skill: name.prefault('customer-care').describe('What the associate who gets it must be able to do.'),
  }),
} as const;

const mode = z.enum(['shadow', 'auto'], {
  error: ({ input }) =>
    input === 'approve'
      ? 'the mode "approve" is not there yet (it needs a place where a person confirms): use "shadow" or "auto"'
      : undefined,
});

/** A rule: an issue, and the ladder of steps it gets. */
export const ruleSchema = z.strictObject({
  name,
  issue: z.string().describe('The detector whose issues the rule is for.'),
  reasons: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Only issues found for these reasons; absent: all that no other rule names.'),
  mode: mode.describe('shadow: decide, order nothing. auto: order.'),
  settle: durationMs.prefault('PT0S').describe('How long an issue must stay open before anything is decided.'),
  ladder: z
    .array(
      z.discriminatedUnion('remedy', [
        stepSchemas.notification,
        stepSchemas.refund,
        stepSchemas.credit,
        stepSchemas.replacement,
        stepSchemas.escalation,
      ]),
    )
    .min(1)
    .max(50),
});

/** Nobody is woken by a message, whatever the time zone. */
const quietHours = z.strictObject({ from: localTime, until: localTime });

/** The file as zod reads it: each field by itself. What must fit between fields is in `crossChecks`. */
export const fileSchema = z.strictObject({
  version: z.string().min(1, 'must not be empty').max(64).describe('Yours to name; every decision says it.'),
  detectors: z.record(z.string(), z.unknown()).prefault({}).describe("Each detector's own settings."),
  rules: z.array(ruleSchema).max(500),
  /** Default PT12H: carriers report a delivery hours after it; half a day passes before lateness costs money. Chosen, not measured. */
  promiseGrace: durationMs
    .prefault('PT12H')
    .describe('No money for a late parcel before its promised end and this, unless the carrier declares the loss.'),
  /** Default P7D: the design's; older news is a person's to judge. */
  freshFor: durationMs
    .prefault('P7D')
    .describe('What has been true for longer when it is first heard of is historic: nothing happens by itself.'),
  /** Default P120D: the time a card holder has to dispute a charge in the large card networks' rules. */
  claimWindow: durationMs
    .prefault('P120D')
    .describe('How long parcels, sessions, cases and the books of an order are remembered after the last that was heard of them.'),
  /** Default P7D: an executor that was away for longer must ask again. Chosen, not measured. */
  expiry: durationMs.prefault('P7D').describe('How long after its decision a command may still be carried out.'),
  quietHours: quietHours
    .prefault({ from: '21:00', until: '08:00' })
    .describe("The customer's local time between which no message arrives."),
});

/** The file with all defaults, durations in ms. */
export type PolicyFile = z.output<typeof fileSchema>;
