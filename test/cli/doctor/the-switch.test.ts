import { describe, expect, it } from 'vitest';
import { switchFinding } from '../../../src/cli/doctor/the-switch.ts';
import type { Standing } from '../../../src/cli/switch/standing.ts';

const hash = 'a'.repeat(64);
const turn = { scope: 'fleet', by: 'ana', why: 'tried it', at: '2026-01-01T00:00:00.000Z', latch: 1 } as const;
const nothing: Standing = { armed: undefined, stopped: undefined, unread: [], controls: [], nextLatch: 1, isHistory: false };
const armed: Standing = { ...nothing, armed: { ...turn, state: 'armed', policy: hash } };

describe('what the doctor says of the switch', () => {
  it('is well when this policy is armed', () => {
    expect(switchFinding(armed, 'p.yaml', hash).level).toBe('ok');
  });

  it.each([
    ['nobody has armed it', nothing, hash, 'Nobody has armed it'],
    ['it is stopped', { ...armed, stopped: { ...turn, state: 'stopped', why: 'too many' } } as const, hash, 'stopped all money: too many'],
    ['another policy is armed', armed, 'b'.repeat(64), 'and p.yaml is bbbbbbbbbbbb'],
  ])('is a warning with what to do when %s', (_, standing, ours, says) => {
    const finding = switchFinding(standing, 'p.yaml', ours);
    expect(finding).toMatchObject({ level: 'warning', says: expect.stringContaining(says) });
    expect(finding.todo?.join(' ')).toContain('amends arm --policy p.yaml');
  });

  it('is an error when a record on its topic can not be read', () => {
    expect(switchFinding({ ...armed, unread: ['armed/fleet'] }, 'p.yaml', hash).level).toBe('error');
  });
});
