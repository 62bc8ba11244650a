import { expect, it } from 'vitest';
import { siblingSlackMs } from '../../../src/cli/service/sibling-slack.ts';
import { quick, shipped } from '../../scenarios/support/policies.ts';

it('the slack between sibling tasks is half of the least grace that conclusions from silence carry, and 30 s at most', () => {
  expect(siblingSlackMs(shipped)).toBe(30_000);
  expect(siblingSlackMs(quick)).toBe(5_000);
});
