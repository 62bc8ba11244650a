import { describe, expect, it } from 'vitest';
import { createLogger, logTo } from '../../src/happenings/logger.ts';
import type { LogLevel } from '../../src/happenings/logger.ts';
import type { Happening } from '../../src/happenings/happening.ts';
import type { Clock } from '../../src/values/time.ts';
import { instant } from '../../src/values/time.ts';

const clock: Clock = { now: () => instant(Date.UTC(2026, 11, 24, 18)), wait: () => Promise.resolve() };

/** The lines written for these happenings, parsed. */
const logged = (level: LogLevel, ...happenings: readonly Happening[]): readonly Record<string, unknown>[] => {
  const lines: string[] = [];
  const tell = logTo(createLogger({ level, clock, destination: { write: (line) => void lines.push(line) } }));
  for (const happening of happenings) tell(happening);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

const task = { stage: 'care', partition: 0 } as const;
const letter = {
  name: 'RecordDeadLettered',
  ...task,
  topic: 't',
  offset: 7,
  code: 'AMENDS_RECORD_NOT_JSON',
  reason: 'Unexpected token in "my secret"',
} as const;
const held = { name: 'SubjectQuarantined', ...task, subject: 's', reason: 'TypeError: x' } as const;

describe('the log', () => {
  it('has one line a happening, with its name, its fields and the time it was given', () => {
    expect(logged('info', { name: 'PermitRefused', ...task })).toEqual([
      { level: 'warn', time: '2026-12-24T18:00:00.000Z', stage: 'care', partition: 0, happening: 'PermitRefused' },
    ]);
  });

  it('says where an unreadable record lies, and nothing of what stood in it', () => {
    const [line] = logged('info', letter);
    expect(line).toMatchObject({ topic: 't', partition: 0, offset: 7, code: 'AMENDS_RECORD_NOT_JSON' });
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  it('says nothing of the value that put a subject in quarantine', () => {
    expect(JSON.stringify(logged('info', { ...held, code: 'AMENDS_RECORD_INVALID', reason: 'my secret' }))).not.toContain('secret');
  });

  it('says why our own code failed, as an error', () => {
    expect(logged('info', { ...held, code: 'AMENDS_HANDLER_FAILED' })).toMatchObject([{ level: 'error', reason: 'TypeError: x' }]);
  });

  it('raises its voice when a task halts', () => {
    const changed = { name: 'TaskStateChanged', ...task, from: 'running', why: 'w' } as const;
    expect(logged('info', { ...changed, to: 'waiting' }, { ...changed, to: 'halted' }).map(({ level }) => level)).toEqual([
      'info',
      'error',
    ]);
  });

  it('keeps the everyday to itself unless asked', () => {
    const everyday = { name: 'TransactionCommitted', ...task, records: 1, woken: 0, tookMs: 3 } as const;
    expect([logged('info', everyday).length, logged('debug', everyday).length]).toEqual([0, 1]);
  });
});
