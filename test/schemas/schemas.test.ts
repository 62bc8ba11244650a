import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { generatedSchemas } from '../../schemas/generated.ts';
import { Rehearsal, arm, at, issues, late, policyOf } from '../care/support.ts';

const folder = new URL('../../schemas/', import.meta.url);
const committed = (path: string): object => JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as object;
const jsonIn = (below: string): string[] =>
  readdirSync(new URL(below, folder))
    .filter((name) => name.endsWith('.schema.json'))
    .map((name) => below + name);

const valid = (path: string, value: unknown): unknown => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(committed(path));
  validate(value);
  return validate.errors;
};

test.each([...generatedSchemas()])('%s is as generated (mend it by: npm run schemas)', (path, schema) => {
  expect(committed(path)).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('no schema is left of a topic that is gone', () => {
  expect([...jsonIn(''), ...jsonIn('topics/')].sort()).toEqual([...generatedSchemas().keys()].sort());
});

test.each(['deploy/policy.yaml', 'examples/demo-policy.yaml'])('an editor finds no mistake in %s', (file) => {
  const policy: unknown = parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
  expect(valid('policy.schema.json', policy)).toBeNull();
});

test('an editor sees a setting that there is not, and a mode that there is not yet', () => {
  expect(valid('policy.schema.json', { version: 'v1', rules: [], promisGrace: 'PT1H' })).not.toBeNull();
  const ladder = [{ name: 'a', remedy: 'refund' }];
  expect(
    valid('policy.schema.json', { version: 'v1', rules: [{ name: 'r', issue: 'promise-missed', mode: 'approve', ladder }] }),
  ).not.toBeNull();
});

test('what care writes is what the schemas of its topics promise to others', () => {
  const policy = policyOf(`
  - name: late-parcel
    issue: promise-missed
    mode: auto
    ladder:
      - { name: again, remedy: replacement }
      - { name: apologise, remedy: notification, message: parcel-late }
      - { name: shipping-back, remedy: refund, of: [shipping] }
      - { name: call, remedy: escalation }
`);
  const care = arm(new Rehearsal(policy), policy, at('2026-12-20T00:00:00Z'))
    .tell(issues, late(), at('2026-12-25T00:01:00Z'))
    .until(at('2026-12-26T00:00:00Z'));
  expect(new Set(care.emitted.map(({ topic }) => topic))).toEqual(
    new Set(['remedy.decisions', 'remedy.replacements', 'remedy.notifications', 'remedy.refunds', 'remedy.escalations']),
  );
  for (const { topic, value } of care.emitted) expect(valid(`topics/${topic}.schema.json`, value)).toBeNull();
});

test.each(['2018-03-01T10:00:00', '2018-03-01T10:00:00Z', '2018-03-01T10:00:00-03:00'])(
  'a scan at %s is one that the schema lets through',
  (observedAt) => {
    expect(
      valid('topics/delivery.tracking.schema.json', { carrier: 'dhl', number: '1', shipment: 's1', status: 'in-transit', observedAt }),
    ).toBeNull();
  },
);
