import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { AmendsError } from '../../src/happenings/errors.ts';
import { detectorSettings } from '../../src/pipeline.ts';
import { describeRule } from '../../src/policy/describe-rule.ts';
import { durationMs } from '../../src/formats/duration.ts';
import { readPolicy } from '../../src/policy/read-policy.ts';
import { ruleFor } from '../../src/policy/rule-for.ts';
import { dayMs, hourMs } from '../../src/values/time.ts';

const detectors = {
  'promise-missed': z.strictObject({ proofGrace: durationMs.prefault('PT1M') }),
  'slow-download': z.strictObject({ stalls: z.number().int().positive().default(2) }),
};
const read = (text: string) => readPolicy(text, 'policy.yaml', detectors);

const mistakesIn = (text: string): readonly string[] => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AmendsError && error.code === 'AMENDS_POLICY_INVALID') return error.details;
    throw error;
  }
  return [];
};

const good = `version: v1
detectors:
  promise-missed:
    proofGrace: PT5M
rules:
  - name: late-parcel
    issue: promise-missed
    mode: auto
    settle: PT2H
    ladder:
      - name: shipping-back
        remedy: refund
        of: [shipping]
      - name: tell
        remedy: notification
        message: parcel-late-shipping-refunded
        announces: shipping-back
      - name: all-back
        after: P30D
        remedy: refund
      - name: call
        remedy: escalation
`;

test('a policy is read with its defaults, durations in ms, and each step due no sooner than the one before', () => {
  const policy = read(good);
  expect(policy).toMatchObject({
    version: 'v1',
    promiseGraceMs: 12 * hourMs,
    freshForMs: 7 * dayMs,
    claimWindowMs: 120 * dayMs,
    expiryMs: 7 * dayMs,
    quietHours: { from: '21:00', until: '08:00' },
    detectors: { 'promise-missed': { proofGrace: 'PT5M' } },
  });
  expect(policy.rules).toEqual([
    {
      name: 'late-parcel',
      issue: 'promise-missed',
      mode: 'auto',
      settleMs: 2 * hourMs,
      ladder: [
        { name: 'shipping-back', remedy: 'refund', of: ['shipping'], share: 1, afterMs: 0 },
        { name: 'tell', remedy: 'notification', message: 'parcel-late-shipping-refunded', announces: 'shipping-back', afterMs: 0 },
        { name: 'all-back', remedy: 'refund', of: ['line', 'tax', 'shipping', 'fee'], share: 1, afterMs: 30 * dayMs },
        { name: 'call', remedy: 'escalation', skill: 'customer-care', afterMs: 30 * dayMs },
      ],
    },
  ]);
});

test('what the policy gives each detector is what its schema reads again', () => {
  const { detectors: settings } = read(good);
  expect(detectors['promise-missed'].parse(settings['promise-missed'])).toEqual({ proofGrace: 5 * 60_000 });
});

test('comments, order and spelled out defaults do not change the hash', () => {
  const [version = '', ...rest] = good.split('\n');
  const otherwise = `# a comment\n${rest.join('\n')}\n${version}\npromiseGrace: PT12H\n`;
  expect(read(otherwise).hash).toBe(read(good).hash);
  expect(read(good).hash).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['a share', good.replace('of: [shipping]', 'of: [shipping]\n        share: 0.5')],
  ['a grace', `${good}promiseGrace: PT11H\n`],
  ['a mode', good.replace('mode: auto', 'mode: shadow')],
  ['a detector setting', good.replace('PT5M', 'PT6M')],
  ['its version', good.replace('v1', 'v2')],
])('a policy that differs in %s has another hash', (_, text) => {
  expect(read(text).hash).not.toBe(read(good).hash);
});

test('a version of a detector with another default has another hash', () => {
  const later = { ...detectors, 'slow-download': z.strictObject({ stalls: z.number().default(3) }) };
  expect(readPolicy(good, 'policy.yaml', later).hash).not.toBe(read(good).hash);
});

test('all mistakes are listed at once, each with its line and column and what was probably meant', () => {
  const bad = `version: v1
detectors:
  promise-mised: {}
  slow-download:
    stals: 3
promisGrace: PT12H
rules:
  - name: late-parcel
    issue: promise-mised
    mode: approve
    settle: P1M
    ladder:
      - name: shipping-back
        remedy: refnd
      - name: tell
        remedy: notification
        message: parcel-lat
        announces: shiping-back
  - name: late-parcel
    issue: promise-missed
    mode: auto
    ladder:
      - name: first
        after: P3D
        remedy: refund
        share: 1.5
      - name: first
        after: P2D
        remedy: refund
        service: express
quietHours: { from: "21:00", until: "25:00" }
`;
  expect(mistakesIn(bad)).toEqual([
    'policy.yaml:3:3: detectors.promise-mised: there is no detector "promise-mised" (did you mean "promise-missed"?); there are: promise-missed, slow-download',
    'policy.yaml:5:5: detectors.slow-download.stals: there is no setting "stals" here (did you mean "stalls"?)',
    'policy.yaml:6:1: promisGrace: there is no setting "promisGrace" here (did you mean "promiseGrace"?)',
    'policy.yaml:9:12: rules[0].issue: no detector finds "promise-mised" (did you mean "promise-missed"?); there are: promise-missed, slow-download',
    'policy.yaml:10:11: rules[0].mode: the mode "approve" is not there yet (it needs a place where a person confirms): use "shadow" or "auto"',
    'policy.yaml:11:13: rules[0].settle: "P1M" has years or months, which have no fixed length: say it in days (P30D) or weeks (P4W)',
    'policy.yaml:14:17: rules[0].ladder[0].remedy: expected one of "notification", "refund", "credit", "replacement", "escalation", found "refnd" (did you mean "refund"?)',
    expect.stringMatching(/^policy\.yaml:17:18: rules\[0\]\.ladder\[1\]\.message: expected one of .* \(did you mean "parcel-late"\?\)$/),
    'policy.yaml:18:20: rules[0].ladder[1].announces: no step of this ladder is named "shiping-back" (did you mean "shipping-back"?)',
    'policy.yaml:19:11: rules[1].name: a rule named "late-parcel" stands already as number 1',
    'policy.yaml:26:16: rules[1].ladder[0].share: expected number to be <=1',
    'policy.yaml:27:15: rules[1].ladder[1].name: a step named "first" stands already in this ladder, as number 1',
    'policy.yaml:28:16: rules[1].ladder[1].after: must not come before the step above it (P3D)',
    'policy.yaml:30:9: rules[1].ladder[1].service: there is no setting "service" here',
    'policy.yaml:31:37: quietHours.until: expected a local time such as 21:00',
  ]);
});

const rule = (more: string): string =>
  `version: v1\nrules:\n  - name: late\n    issue: promise-missed\n    mode: auto\n    ladder:\n${more}`;

test.each([
  ['a file without anything', '', /^policy\.yaml:1:1: file: expected object/],
  ['a file that is a list', '- a\n', /^policy\.yaml:1:1: file: expected object/],
  ['a missing version', 'rules: []\n', /^policy\.yaml:1:1: version: is missing/],
  ['a version that is a number', 'version: 1\nrules: []\n', /^policy\.yaml:1:10: version: expected string, received number/],
  ['a syntax error', 'version: v1\nrules: [\n', /^policy\.yaml:3:1: file: /],
  ['a key that stands twice', 'version: v1\nversion: v2\nrules: []\n', /^policy\.yaml:2:1: file: Map keys must be unique/],
  ['two documents', 'version: v1\nrules: []\n---\nversion: v2\n', /^policy\.yaml:3:1: file: .*multiple documents/],
  ['an unknown tag', 'version: !secret v1\nrules: []\n', /^policy\.yaml:1:10: file: .*[Tt]ag/],
  [
    'a missing mode',
    'version: v1\nrules:\n  - name: late\n    issue: promise-missed\n    ladder: [{ name: a, remedy: refund }]\n',
    /^policy\.yaml:3:5: rules\[0\]\.mode: is missing: one of "shadow", "auto"/,
  ],
  [
    'an empty ladder',
    'version: v1\nrules:\n  - name: late\n    issue: promise-missed\n    mode: auto\n    ladder: []\n',
    /^policy\.yaml:6:13: rules\[0\]\.ladder: /,
  ],
  [
    'a message that tells of money but not of which step',
    rule('      - { name: a, remedy: notification, message: parcel-late-refunded }\n'),
    /the message "parcel-late-refunded" tells of a refund: say by "announces" which step gives it/,
  ],
  [
    'a message that tells of a refund of a replacement',
    rule(
      '      - { name: a, remedy: replacement }\n      - { name: b, remedy: notification, message: parcel-lost-refunded, announces: a }\n',
    ),
    /tells of a refund, but "a" is a replacement/,
  ],
  [
    'a message that tells of shipping where more is given',
    rule(
      '      - { name: a, remedy: refund }\n      - { name: b, remedy: notification, message: parcel-late-shipping-refunded, announces: a }\n',
    ),
    /tells of shipping only/,
  ],
  [
    'a message that announces what comes after it',
    rule('      - { name: a, remedy: notification, message: parcel-late-refunded, announces: b }\n      - { name: b, remedy: refund }\n'),
    /"b" must stand before this step/,
  ],
  [
    'a message without words',
    rule('      - { name: a, remedy: notification }\n'),
    /ladder\[0\]\.message: is missing: one of "parcel-not-sent"/,
  ],
  [
    'a step that is due when its case is forgotten',
    rule('      - { name: a, remedy: refund, after: P120D }\n'),
    /settle and after must be less than claimWindow \(P120D\)/,
  ],
  ['a share of nothing', rule('      - { name: a, remedy: refund, share: 0 }\n'), /share: expected number to be >0/],
  [
    'a component that there is not',
    rule('      - { name: a, remedy: refund, of: [shiping] }\n'),
    /of\[0\]: expected one of .*"shiping" \(did you mean "shipping"\?\)/,
  ],
])('%s is refused with its place', (_, text, mistake) => {
  expect(mistakesIn(text).join('\n')).toMatch(mistake);
});

test('a claim window that is over before news is old and the ladder climbed is refused, at its place', () => {
  expect(mistakesIn(`${good}claimWindow: P37DT3H\n`)).toEqual([]);
  expect(mistakesIn(`${good}claimWindow: P37DT2H\n`)).toEqual([
    'policy.yaml:23:14: claimWindow: must be longer than 37 days 2 hours: "promise-missed" waits up to 7 days, its ladder 30 days 2 hours more, and what is older than claimWindow is forgotten',
  ]);
});

test('so is one that is over before a detector has waited as long as it may, and the ladder is climbed', () => {
  const patient = good.replace('PT5M', 'P100D');
  expect(mistakesIn(`${patient}claimWindow: P131D\n`)).toEqual([]);
  expect(mistakesIn(patient).join()).toMatch(/claimWindow: must be longer than 130 days 2 hours: "promise-missed" waits up to 100 days/);
});

test('two rules for the same issue and reason are refused', () => {
  const two = (a: string, b: string): string =>
    `version: v1\nrules:\n${[a, b].map((reasons, n) => `  - name: r${n}\n    issue: promise-missed\n${reasons}    mode: auto\n    ladder: [{ name: a, remedy: refund }]\n`).join('')}`;
  expect(mistakesIn(two('', ''))).toEqual([
    'policy.yaml:8:12: rules[1].issue: the rule "r0" is already for every "promise-missed"; give one of them "reasons"',
  ]);
  expect(mistakesIn(two('    reasons: [late, lost]\n', '    reasons: [damaged, late]\n'))).toEqual([
    'policy.yaml:10:24: rules[1].reasons[1]: the rule "r0" is already for "promise-missed" with the reason "late"',
  ]);
  expect(mistakesIn(two('    reasons: [late]\n', ''))).toEqual([]);
});

test('a rule that names the reason goes before one for all', () => {
  const policy = read(`version: v1
rules:
  - { name: all, issue: promise-missed, mode: auto, ladder: [{ name: a, remedy: refund }] }
  - { name: attempted, issue: promise-missed, reasons: [late-attempted], mode: auto, ladder: [{ name: a, remedy: escalation }] }
`);
  expect(ruleFor(policy, 'promise-missed', 'late-attempted')?.name).toBe('attempted');
  expect(ruleFor(policy, 'promise-missed', 'late')?.name).toBe('all');
  expect(ruleFor(policy, 'slow-download', 'late')).toBeUndefined();
});

test('a rule can be told in plain words', () => {
  const policy = read(good);
  expect(policy.rules.flatMap((each) => describeRule(each, policy))).toEqual([
    'late-parcel: when promise-missed is found and stays for 2 hours:',
    '  shipping-back: then refund all that was paid for shipping, for a parcel no sooner than 12 hours after the promised end',
    '  tell: then write "parcel-late-shipping-refunded", once "shipping-back" is ordered',
    '  all-back: after 30 days refund all that was paid for the goods, tax, shipping, fees, for a parcel no sooner than 12 hours after the promised end',
    '  call: after 30 days hand it to an associate (customer-care)',
  ]);
});

test('the policy that is delivered is right, names its schema in its first line, and has a rule for every detector', () => {
  const text = readFileSync(new URL('../../deploy/policy.yaml', import.meta.url), 'utf8');
  const policy = readPolicy(text, 'deploy/policy.yaml', detectorSettings);
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schemas/policy.schema.json');
  expect(new Set(policy.rules.map(({ issue }) => issue))).toEqual(new Set(Object.keys(detectorSettings)));
});
