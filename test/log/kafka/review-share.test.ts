import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/log/kafka/group-protocol.ts';
import { decodeClaim, encodeClaim, share } from '../../../src/log/kafka/group-protocol.ts';

const tasks = [
  { stage: 'care', partition: 0 },
  { stage: 'care', partition: 1 },
];
const claim = (of: Partial<Claim>): Claim => ({ tasks, held: [], losing: [], generation: 9, ...of });

describe('what a group shares', () => {
  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('leaves a task with who runs it (%s) while %s, which had it before, is still giving it up', (runs, givesUp) => {
    // Who gives it up was thrown out, joined anew with an old claim, and was told that the other has it.
    const given = share(
      new Map([
        [runs, claim({ held: ['care/0'] })],
        [givesUp, claim({ held: ['care/1'], losing: ['care/0'] })],
      ]),
    );
    expect(given.get(runs)).toEqual({ ours: ['care/0'], losing: [] });
    expect(given.get(givesUp)).toEqual({ ours: ['care/1'], losing: [] });
  });

  it('gives a task that its owner gives up to nobody else until that is done', () => {
    const given = share(
      new Map([
        ['a', claim({})],
        ['b', claim({ held: ['care/1'], losing: ['care/0'] })],
      ]),
    );
    expect(given.get('a')).toEqual({ ours: [], losing: [] });
    expect(given.get('b')).toEqual({ ours: ['care/1'], losing: ['care/0'] });
  });

  it.each([{ held: null }, { tasks: 'all' }, { losing: [7] }, { generation: '9' }, { tasks: [{ stage: 'care' }] }])(
    'reads no claim that it could not follow: %j',
    (wrong) => {
      expect(decodeClaim(encodeClaim({ ...claim({}), ...(wrong as object) }))).toBeUndefined();
    },
  );
});
