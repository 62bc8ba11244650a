import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notBefore } from '../../../src/care/voice/not-before.ts';
import { dayMs, instant } from '../../../src/values/time.ts';
import { at } from '../support.ts';

const night = { from: '21:00', until: '08:00' };

test.each([
  ['in the evening, until the morning', '2026-12-24T22:00:00Z', 'UTC', night, '2026-12-25T08:00:00Z'],
  ['after midnight, until the same morning', '2026-12-25T02:00:00Z', 'UTC', night, '2026-12-25T08:00:00Z'],
  ['from the first quiet minute', '2026-12-24T21:00:00Z', 'UTC', night, '2026-12-25T08:00:00Z'],
  ['by the local time of São Paulo', '2026-12-25T02:00:00Z', 'America/Sao_Paulo', night, '2026-12-25T11:00:00Z'],
  ['at noon if noon is quiet', '2026-12-24T12:30:00Z', 'UTC', { from: '12:00', until: '13:00' }, '2026-12-24T13:00:00Z'],
  ['over the night in which clocks are put forward in Berlin', '2026-03-28T22:00:00Z', 'Europe/Berlin', night, '2026-03-29T06:00:00Z'],
  ['over the night in which clocks are put back in Berlin', '2026-10-24T22:00:00Z', 'Europe/Berlin', night, '2026-10-25T07:00:00Z'],
])('a message waits %s', (_, now, zone, quietHours, until) => {
  expect(notBefore(at(now), quietHours, zone)).toBe(at(until));
});

test.each([
  ['in the daytime', '2026-12-24T12:00:00Z', night],
  ['when the quiet hours end', '2026-12-24T08:00:00Z', night],
  ['where no hours are quiet', '2026-12-24T23:00:00Z', { from: '08:00', until: '08:00' }],
])('a message goes at once %s', (_, now, quietHours) => {
  expect(notBefore(at(now), quietHours, 'UTC')).toBe(at(now));
});

test('a message waits less than a day, and when it may go it may go', () => {
  const minutes = fc
    .nat(1_439)
    .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
  const zone = fc.constantFrom('UTC', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Apia');
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }), minutes, minutes, zone, (ms, from, until, where) => {
      const now = instant(ms);
      const sent = notBefore(now, { from, until }, where);
      expect(sent - now).toBeGreaterThanOrEqual(0);
      expect(sent - now).toBeLessThan(dayMs);
      expect(notBefore(sent, { from, until }, where)).toBe(sent);
    }),
  );
});
