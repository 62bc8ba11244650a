import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/engine/changelog.ts';
import { decodeChangelog, encodeCheckpoint, encodeRow } from '../../src/engine/changelog.ts';
import { KeptText } from '../../src/engine/kept-text.ts';
import type { LogRecord, Outgoing } from '../../src/engine/log.ts';
import { keep, readKept } from '../../src/engine/row-encoding.ts';
import { Scratch } from '../../src/engine/scratch.ts';
import type { Table } from '../../src/engine/stage.ts';
import type { Instant } from '../../src/values/time.ts';
import { instant, never } from '../../src/values/time.ts';

interface State {
  readonly note: string;
  readonly due: number | undefined;
}

/** Version 1 kept `due` in seconds; version 2 keeps milliseconds. */
const upcast = (from: number, stored: unknown): State => {
  const { note, due } = stored as { readonly note: string; readonly due?: number };
  return { note, due: due === undefined ? undefined : from === 1 ? due * 1_000 : due };
};
const wakeAt = ({ due }: State): Instant | undefined => (due === undefined ? undefined : instant(due));
const table = (name: string, as: Partial<Table<State>> = {}): Table<unknown> => ({ name, version: 2, upcast, wakeAt, ...as });
const plain = table('plain');
const packed = table('packed', {
  pack: ({ note, due }) => [note, due ?? null],
  upcast: (_, stored) => {
    const [note, due] = stored as [string, number | null];
    return { note, due: due ?? undefined };
  },
});
/** Takes a stored row as it is. */
const bare = { name: 'bare', version: 2, wakeAt: () => undefined, upcast: (_: number, stored: unknown) => stored };
const tables = new Map([plain, packed, bare].map((each) => [each.name, each]));
const place = { topic: 'app-stage-changelog', partition: 3 };

const read = (of: Pick<Outgoing, 'key' | 'value'>, known = tables) =>
  decodeChangelog(
    {
      ...place,
      offset: 41,
      timestamp: instant(0),
      key: of.key && Buffer.from(of.key),
      value: of.value && Buffer.from(of.value),
      headers: () => new Map(),
    } satisfies LogRecord,
    known,
  );
const raw = (key: string | null, value: string | null) => ({
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});

const at = fc.oneof(fc.constant(never), fc.integer({ min: -1e15, max: 1e15 }).map(instant));
const state = fc.record({ note: fc.string({ unit: 'binary' }), due: fc.option(fc.integer(), { nil: undefined }) });
const key = fc.string({ minLength: 1 });

/** As the store gives it back. */
const stateOf = (of: Table<unknown>, kept: unknown): unknown => readKept(of, kept instanceof KeptText ? kept.toString() : kept);

describe('a changelog', () => {
  it('gives back every row as it was written: key, state, deadline, and when it was touched', () => {
    const scratch = new Scratch();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(plain, packed), key, state, at), { minLength: 1, maxLength: 5 }), (rows) => {
        scratch.reset();
        const written = rows.map(([of, name, value, touched]) =>
          encodeRow(place, instant(7), { of, key: name, kept: keep(of, value), touched, wakeAt: value.due ?? Infinity }, scratch),
        );
        for (const [index, record] of written.entries()) {
          const [of, name, value, touched] = rows[index] ?? [plain, '', { note: '', due: undefined }, never];
          const change = read(record);
          if ('checkpoint' in change) throw new Error('a row was taken for the checkpoint');
          expect({ ...change, kept: stateOf(of, change.kept) }).toEqual({
            table: of.name,
            key: name,
            kept: value,
            wakeAt: value.due ?? Infinity,
            touched,
          });
          expect(record).toMatchObject({ ...place, timestamp: 7 });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a deletion as a tombstone of the row', () => {
    const record = encodeRow(
      place,
      instant(7),
      { of: packed, key: 'ann/1 2', kept: undefined, touched: instant(5), wakeAt: Infinity },
      new Scratch(),
    );
    expect(record.value).toBeNull();
    expect(read(record)).toEqual({ table: 'packed', key: 'ann/1 2', kept: undefined, wakeAt: Infinity, touched: never });
  });

  it('gives back a checkpoint, also of a task that has not come anywhere yet', () => {
    const name = fc.stringMatching(/^[a-z.-]{1,9}\/\d$/);
    const checkpoint: fc.Arbitrary<Checkpoint> = fc.record({
      mode: fc.constantFrom('live', 'records'),
      number: fc.nat(),
      clock: at,
      partitions: fc.dictionary(name, fc.nat(64), { noNullPrototype: true }),
      topicIds: fc.dictionary(name, fc.string(), { noNullPrototype: true }),
      inputs: fc.dictionary(name, fc.record({ next: fc.nat(), last: at }), { noNullPrototype: true }),
    });
    fc.assert(
      fc.property(checkpoint, (value) => {
        expect(read(encodeCheckpoint(value))).toEqual({ checkpoint: value });
      }),
      { numRuns: 200 },
    );
  });

  it('reads a row of an older version as a state of today', () => {
    expect(read(raw('plain ann', '[1,5,{"note":"n","due":3}]'))).toEqual({
      table: 'plain',
      key: 'ann',
      kept: { note: 'n', due: 3_000 },
      wakeAt: 3_000,
      touched: 5,
    });
  });

  it.each([
    ['three parts', '[2,5,["n, [1]",3000]]', 3_000],
    ['three parts and no deadline', '[2,5,["n]",null]]', Infinity],
    ['a deadline that is no whole number', '[2,5,["n",3000],3000.5]', 3_000.5],
  ])('reads a packed row of %s', (_, value, due) => {
    const change = read(raw('packed ann', value));
    if ('checkpoint' in change) throw new Error('a row was taken for the checkpoint');
    expect(change).toMatchObject({ table: 'packed', key: 'ann', wakeAt: due, touched: 5 });
    expect(stateOf(packed, change.kept)).toEqual(packed.upcast(2, (JSON.parse(value) as readonly unknown[])[2]));
  });

  it('takes the deadline that is written beside a row, and of an older version the one that today has of it', () => {
    expect(read(raw('plain ann', '[2,5,{"note":"n","due":3},9]'))).toMatchObject({ wakeAt: 9 });
    expect(read(raw('plain ann', '[2,5,{"note":"n","due":3},null]'))).toMatchObject({ wakeAt: Infinity });
    expect(read(raw('plain ann', '[1,5,{"note":"n","due":3},9]'))).toMatchObject({ wakeAt: 3_000 });
  });

  const refused: readonly (readonly [string, ReturnType<typeof raw>])[] = [
    ['a table that this code does not know', raw('other ann', '[1,5,{}]')],
    ['a key without a table', raw('ann', '[1,5,{}]')],
    ['a null key', raw(null, '[1,5,{}]')],
    ['bytes that are no JSON', raw('plain ann', '[2,5,{"note"')],
    ['an empty value', raw('plain ann', '')],
    ['an object', raw('plain ann', '{"note":"n"}')],
    ['null', raw('plain ann', 'null')],
    ['a state that its table refuses', raw('packed ann', '[2,5,null]')],
    ['a packed row that was cut off', raw('packed ann', '[2,5,["n",3')],
    ['a deleted checkpoint', raw('checkpoint', null)],
    ['a checkpoint without inputs', raw('checkpoint', '{"mode":"live"}')],
  ];
  it.each([
    ['a packed row', raw('packed ann', '[3,5,["n",3],3]'), /a row of packed has version 3, this release knows 2/],
    ['a row', raw('plain ann', '[3,5,{"note":"n"}]'), /a row of plain has version 3, this release knows 2/],
    ['a checkpoint', raw('checkpoint', '{"format":2,"release":"9.1.0"}'), /format 2, this release knows 1; release 9\.1\.0 wrote it/],
  ])('refuses %s of a newer release, and says so and where it lies', (_, record, message) => {
    expect(() => read(record)).toThrow(
      expect.objectContaining({ code: 'AMENDS_CHANGELOG_NEWER', message: expect.stringMatching(message) }),
    );
    expect(() => read(record)).toThrow('app-stage-changelog/3@41');
  });

  it('reads a tombstone under any key as nothing', () => {
    expect(read(raw('no key of ours', null))).toMatchObject({ kept: undefined });
  });

  for (const [what, record] of refused)
    it(`refuses ${what}, and says where it lies`, () => {
      expect(() => read(record)).toThrow(
        expect.objectContaining({ code: 'AMENDS_CHANGELOG_UNREADABLE', message: expect.stringContaining('app-stage-changelog/3@41') }),
      );
    });

  for (const value of ['[]', '[1]', '"text"', '[null,5,{"note":"n"}]', '["1",5,{"note":"n"}]', '[2,5,{"note":"n"},7,8]'])
    it(`refuses ${value}, which is JSON and no row`, () => {
      expect(() => read(raw('bare ann', value))).toThrow(expect.objectContaining({ code: 'AMENDS_CHANGELOG_UNREADABLE' }));
    });
});
