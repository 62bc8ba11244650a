import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { endOfLocal, endOfLocalDay, instantOfLocalMs, instantOfLocalTime, isLocalDayOrTime } from '../../src/values/local-time.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

describe('a local time', () => {
  it('is read with the offset of its season', () => {
    expect(iso(instantOfLocalTime('2026-12-24T18:00', 'Europe/Berlin'))).toBe('2026-12-24T17:00:00.000Z');
    expect(iso(instantOfLocalTime('2026-06-24T18:00', 'Europe/Berlin'))).toBe('2026-06-24T16:00:00.000Z');
  });

  it('that clocks skip is moved forward by the gap', () => {
    expect(iso(instantOfLocalTime('2026-03-29T02:30', 'Europe/Berlin'))).toBe('2026-03-29T01:30:00.000Z');
  });

  it('that comes twice is the second one, so that no deadline is early', () => {
    expect(iso(instantOfLocalTime('2026-10-25T02:30', 'Europe/Berlin'))).toBe('2026-10-25T01:30:00.000Z');
  });

  it('at the very moment clocks change says nothing wrong about the season before', () => {
    expect(iso(instantOfLocalTime('2026-03-29T03:00', 'Europe/Paris'))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(instantOfLocalTime('2026-01-15T03:00', 'Europe/Paris'))).toBe('2026-01-15T02:00:00.000Z');
    expect(iso(instantOfLocalTime('2026-03-29T02:00', 'Europe/Rome'))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(instantOfLocalTime('2026-01-15T03:00', 'Europe/Rome'))).toBe('2026-01-15T02:00:00.000Z');
    expect(iso(instantOfLocalTime('2026-07-15T03:00', 'Europe/Rome'))).toBe('2026-07-15T01:00:00.000Z');
  });

  it('is what Temporal says, for any zone and time, whatever was asked before', () => {
    const zones = [
      'Europe/Berlin',
      'America/Sao_Paulo',
      'America/New_York',
      'America/St_Johns',
      'America/Havana',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'UTC',
      '+03:00',
    ];
    const minute = fc.integer({ min: Date.UTC(1990, 0, 1) / 60_000, max: Date.UTC(2045, 0, 1) / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, (zone, minutes) => {
        const local = new Date(minutes * 60_000).toISOString().slice(0, 16);
        const expected = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
        expect(iso(instantOfLocalMs(minutes * 60_000, zone))).toBe(iso(expected));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is what Temporal says in every minute around a change of clocks', () => {
    const changes = [
      ['Europe/Berlin', '2026-03-29T00:00'],
      ['Europe/Berlin', '2026-10-25T00:00'],
      ['Australia/Lord_Howe', '2030-04-07T00:00'],
      ['Australia/Lord_Howe', '2030-10-06T00:00'],
      ['America/St_Johns', '2010-03-13T22:00'],
      ['America/Sao_Paulo', '2018-11-03T22:00'],
      ['Pacific/Apia', '2011-12-29T22:00'],
    ] as const;
    for (const [zone, from] of changes) {
      for (let minutes = 0; minutes < 360; minutes += 1) {
        const localMs = Date.parse(`${from}Z`) + minutes * 60_000;
        const expected = Temporal.PlainDateTime.from(iso(localMs).slice(0, 16)).toZonedDateTime(zone, {
          disambiguation: 'later',
        }).epochMilliseconds;
        expect(`${zone} ${iso(localMs)} ${iso(instantOfLocalMs(localMs, zone))}`).toBe(`${zone} ${iso(localMs)} ${iso(expected)}`);
      }
    }
  });
});

describe('a local day', () => {
  it('lasts to its local midnight', () => {
    expect(iso(endOfLocalDay('2018-03-01', 'America/Sao_Paulo'))).toBe('2018-03-02T03:00:00.000Z');
    expect(iso(endOfLocal('2018-03-01', 'America/Sao_Paulo'))).toBe('2018-03-02T03:00:00.000Z');
  });

  it('ends where the next begins, also when clocks skip midnight', () => {
    expect(iso(endOfLocalDay('2018-11-03', 'America/Sao_Paulo'))).toBe('2018-11-04T03:00:00.000Z');
  });

  it('ends at the first midnight when that comes twice', () => {
    expect(iso(endOfLocalDay('2026-10-31', 'America/Havana'))).toBe('2026-11-01T04:00:00.000Z');
  });
});

describe('a window that ends at a local time', () => {
  it('ends at that time and not with the day', () => {
    expect(iso(endOfLocal('2026-12-24T18:00', 'America/New_York'))).toBe('2026-12-24T23:00:00.000Z');
  });
});

it('a day that no calendar has is told from one that exists', () => {
  expect(['2026-02-28', '2024-02-29', '2026-12-24T18:00', '2026-12-24T18:00:59'].filter((day) => !isLocalDayOrTime(day))).toEqual([]);
  expect(
    ['2026-02-30', '2026-13-01', '2026-00-10', '2026-12-24T25:00', '2026-12-24T18:61', '2026-12-24T24:00'].filter(isLocalDayOrTime),
  ).toEqual([]);
});
