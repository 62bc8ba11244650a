import { expect, it } from 'vitest';
import { closingWords } from '../../../src/cli/demo/closing-words.ts';
import type { DemoSummary } from '../../../src/cli/demo/summary.ts';

const summary: DemoSummary = {
  seed: 7,
  policy: { version: 'v1', hash: 'h' },
  from: '',
  until: '',
  records: { 'delivery.tracking': 1_234 },
  issues: { 'promise-missed': { found: 3, closed: 1 } },
  decisions: {},
  commands: { refund: { count: 1, money: [{ amountMinor: 499, currency: 'USD' }] }, notification: { count: 2, money: [] } },
  customersHelped: 2,
  deadLetters: {},
  cost: [{ amountMinor: 499, currency: 'USD' }],
  truth: {
    simulated: true,
    parcels: 100,
    films: 20,
    inTrouble: { late: 3 },
    fine: { cases: 117, leftAlone: 116 },
    calls: { before: 2, after: 1, never: 0, medianHeadStartMs: 7_200_000 },
  },
};

it.each([40, 80, 120])('the closing words stay within %i columns, and say that customers and calls are simulated', (columns) => {
  const lines = closingWords({ summary, out: undefined, anExample: undefined, columns }).join('\n').split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(
    'in 2 of 3 cases before the customer would have called (half of them at least 2 hours before); customers and calls are simulated',
  );
});
