import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** The switch lets money move under this policy. */
export const moneyArmed: Examine = ({ permit, money, policy }) =>
  examined(
    'money is armed',
    permit.armed && !money ? 'the switch could not be confirmed' : permit.saw,
    `armed for policy ${policy.hash.slice(0, 12)}`,
    permit.armed && money,
    'held',
  );
