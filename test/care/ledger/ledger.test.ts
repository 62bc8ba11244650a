import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countAdjustment } from '../../../src/care/ledger/count-adjustment.ts';
import { give } from '../../../src/care/ledger/give.ts';
import { learnPart } from '../../../src/care/ledger/learn-part.ts';
import { leftToGive } from '../../../src/care/ledger/left-to-give.ts';
import { linesToReplace } from '../../../src/care/ledger/lines-to-replace.ts';
import type { OrderLedger } from '../../../src/care/ledger/order-ledger.ts';
import { emptyLedger, keyOf } from '../../../src/care/ledger/order-ledger.ts';
import { givenByAnyone, sumOf, totalOf } from '../../../src/care/ledger/sums.ts';
import type { Component } from '../../../src/topics/parts.ts';
import type { CommandId } from '../../../src/values/ids.ts';
import { adjusted, paid } from '../support.ts';

const position = { topic: 'order.adjustments', partition: 0, offset: 1 };
const everything: readonly Component['component'][] = ['line', 'tax', 'shipping', 'fee'];
const parts: Readonly<Record<string, readonly Component[]>> = {
  s1: [paid('line', 5_000, 'l1'), paid('tax', 400, 'l1'), paid('line', 1_999, 'l2'), paid('shipping', 600)],
  s2: [paid('line', 777, 'l3'), paid('shipping', 301), paid('fee', 99)],
};
const allPaid = sumOf(Object.values(parts).flat());
const told = (ledger: OrderLedger): OrderLedger =>
  Object.entries(parts).reduce((books, [part, components]) => learnPart(books, part, components), ledger);

type Happens =
  | { readonly what: 'told'; readonly part: string }
  | { readonly what: 'refund'; readonly part: string; readonly kinds: readonly Component['component'][]; readonly share: number }
  | { readonly what: 'replacement'; readonly part: string }
  | {
      readonly what: 'adjusted';
      readonly kind: 'refund' | 'credit' | 'replacement';
      readonly components: readonly Component[];
      readonly names: number | undefined;
    };

const part = fc.constantFrom('s1', 's2');
const someComponent = fc
  .record({
    component: fc.constantFrom(...everything),
    line: fc.constantFrom(undefined, 'l1', 'l2', 'l3', 'elsewhere'),
    amountMinor: fc.nat(3_000),
  })
  .map(({ component, line, amountMinor }) => paid(component, amountMinor, line));
const happens: fc.Arbitrary<Happens> = fc.oneof(
  fc.record({ what: fc.constant('told' as const), part }),
  fc.record({
    what: fc.constant('refund' as const),
    part,
    kinds: fc.subarray([...everything], { minLength: 1 }),
    share: fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100),
  }),
  fc.record({ what: fc.constant('replacement' as const), part }),
  fc.record({
    what: fc.constant('adjusted' as const),
    kind: fc.constantFrom('refund' as const, 'credit' as const, 'replacement' as const),
    components: fc.array(someComponent, { minLength: 1, maxLength: 3 }),
    names: fc.option(fc.nat(5), { nil: undefined }),
  }),
);

/** Runs a history; `onGift` sees the books before and after each gift of ours. */
const run = (
  history: readonly Happens[],
  onGift: (before: OrderLedger, after: OrderLedger, components: readonly Component[]) => void,
): OrderLedger => {
  let gifts = 0;
  const commandOf = (nth: number): CommandId => `c-${nth}` as CommandId;
  return history.reduce((ledger, event, index) => {
    switch (event.what) {
      case 'told':
        return learnPart(ledger, event.part, parts[event.part] ?? []);
      case 'refund':
      case 'replacement': {
        const replaces = event.what === 'replacement';
        const { components } =
          event.what === 'refund' ? leftToGive(ledger, event.part, event.kinds, event.share) : linesToReplace(ledger, event.part);
        if (components.length === 0) return ledger;
        const after = give(ledger, commandOf(gifts++), event.part, components, replaces);
        onGift(ledger, after, components);
        return after;
      }
      case 'adjusted': {
        const { kind, components, names } = event;
        return countAdjustment(
          ledger,
          adjusted({
            adjustment: `a${index}`,
            kind,
            components: [...components],
            ...(names !== undefined && { command: commandOf(names) }),
          }),
          position,
        );
      }
    }
  }, emptyLedger);
};
const histories = fc.array(happens, { maxLength: 25 });

test('whatever order issues, gifts and adjustments come in, a gift of ours never takes a component or the order above what was paid', () => {
  fc.assert(
    fc.property(histories, (history) => {
      run(history, (before, after, components) => {
        const given = givenByAnyone(after);
        for (const component of components)
          expect(given.get(keyOf(component)) ?? 0).toBeLessThanOrEqual(allPaid.get(keyOf(component)) ?? 0);
        const known = sumOf(Object.values(before.parts).flat());
        const lines = new Set([...known.keys()].map((key) => key.split('/')[1]));
        const counted = [...given].filter(([key]) => key.endsWith('/') || lines.has(key.split('/')[1]));
        expect(totalOf(new Map(counted))).toBeLessThanOrEqual(totalOf(known));
      });
    }),
    { numRuns: 500 },
  );
});

test('no line ever gets both a refund and a replacement from us, nor one of them after somebody else gave the other', () => {
  fc.assert(
    fc.property(histories, (history) => {
      run(history, (before, after, components) => {
        const replacedNow = after.replaced.filter((line) => !before.replaced.includes(line));
        const given = givenByAnyone(before);
        for (const line of replacedNow) expect([given.get(`line/${line}`) ?? 0, given.get(`tax/${line}`) ?? 0]).toEqual([0, 0]);
        if (replacedNow.length > 0) return;
        for (const { component, line } of components) {
          if (line !== undefined && component !== 'shipping' && component !== 'fee') expect(before.replaced).not.toContain(line);
        }
      });
    }),
    { numRuns: 500 },
  );
});

test('asking twice for the same share gives nothing the second time', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 100 }), (history, percent) => {
      const ledger = told(run(history, () => {}));
      const first = leftToGive(ledger, 's1', everything, percent / 100);
      const after = give(ledger, 'c-new' as CommandId, 's1', first.components, false);
      expect(leftToGive(after, 's1', everything, percent / 100).amountMinor).toBe(0);
    }),
  );
});

test('adjustments by others count the same in whatever order they come', () => {
  const some = fc.uniqueArray(fc.record({ id: fc.nat(99), components: fc.array(someComponent, { minLength: 1, maxLength: 3 }) }), {
    selector: ({ id }) => id,
    maxLength: 6,
  });
  fc.assert(
    fc.property(some, (all) => {
      const count = (list: typeof all): OrderLedger =>
        list.reduce(
          (ledger, { id, components }) => countAdjustment(ledger, adjusted({ adjustment: `a${id}`, components }), position),
          told(emptyLedger),
        );
      expect(leftToGive(count(all.toReversed()), 's1', everything, 1)).toEqual(leftToGive(count(all), 's1', everything, 1));
    }),
  );
});

test('the shipping of the whole order given back by an associate counts against the shipping of its lines', () => {
  const ledger = learnPart(emptyLedger, 's1', [paid('shipping', 500, 'l1'), paid('shipping', 300, 'l2')]);
  const after = countAdjustment(ledger, adjusted({ components: [paid('shipping', 600)] }), position);
  expect(leftToGive(after, 's1', ['shipping'], 1).components).toEqual([paid('shipping', 200, 'l2')]);
});

test('the shipping of a line given back counts against the shipping of the whole order', () => {
  const ledger = learnPart(emptyLedger, 's1', [paid('line', 500, 'l1'), paid('shipping', 600)]);
  const after = countAdjustment(ledger, adjusted({ components: [paid('shipping', 450, 'l1')] }), position);
  expect(leftToGive(after, 's1', ['shipping'], 1).components).toEqual([paid('shipping', 150)]);
});

test('goodwill on a line of another parcel does not count against this one', () => {
  const ledger = learnPart(emptyLedger, 's1', [paid('line', 500, 'l1')]);
  const after = countAdjustment(ledger, adjusted({ components: [paid('line', 9_000, 'of-another-parcel')] }), position);
  expect(leftToGive(after, 's1', ['line'], 1).amountMinor).toBe(500);
});

test.each([
  ['a fifth of it', 0.2, []],
  ['all of it', 1, [paid('tax', 400, 'l1')]],
])('a line that an associate gave back whole leaves %s only as far as its tax was not given', (_, share, left) => {
  const ledger = learnPart(emptyLedger, 's1', [paid('line', 5_000, 'l1'), paid('tax', 400, 'l1')]);
  const after = countAdjustment(ledger, adjusted({ components: [paid('line', 5_000, 'l1')] }), position);
  expect(leftToGive(after, 's1', ['line', 'tax'], share).components).toEqual(left);
});

test('a gift for one line with its tax does not count against the tax of another', () => {
  const ledger = learnPart(emptyLedger, 's1', [paid('line', 5_000, 'l1'), paid('tax', 400, 'l1'), paid('tax', 100, 'l2')]);
  const after = countAdjustment(ledger, adjusted({ components: [paid('line', 5_000, 'l1')] }), position);
  expect(leftToGive(after, 's1', ['line', 'tax'], 0.2).components).toEqual([paid('tax', 20, 'l2')]);
});

test('two late parcels of one order each get their own shipping back', () => {
  const ledger = told(emptyLedger);
  const after = give(ledger, 'c-1' as CommandId, 's1', leftToGive(ledger, 's1', ['shipping'], 1).components, false);
  expect(leftToGive(after, 's2', ['shipping'], 1).amountMinor).toBe(301);
});

test('an adjustment that carries out our command in two halves is the same money', () => {
  const ledger = give(told(emptyLedger), 'c-1' as CommandId, 's1', [paid('shipping', 600)], false);
  const half = (adjustment: string) => adjusted({ adjustment, by: 'amends', command: 'c-1', components: [paid('shipping', 300)] });
  const after = countAdjustment(countAdjustment(ledger, half('a1'), position), half('a2'), position);
  expect(totalOf(givenByAnyone(after))).toBe(600);
});

test('where more was carried out than we ordered, the larger counts', () => {
  const ledger = give(told(emptyLedger), 'c-1' as CommandId, 's1', [paid('shipping', 200)], false);
  const after = countAdjustment(ledger, adjusted({ by: 'amends', command: 'c-1', components: [paid('shipping', 500)] }), position);
  expect(leftToGive(after, 's1', ['shipping'], 1).amountMinor).toBe(100);
});

test('a refund of an amount that nobody tells stops the money', () => {
  expect(countAdjustment(told(emptyLedger), adjusted({ components: [] }), position).stops).toEqual([
    { kind: 'unknown amount', adjustment: 'a1', by: 'associate' },
  ]);
});

test('an adjustment in another currency makes the books mixed', () => {
  expect(countAdjustment(told(emptyLedger), adjusted({ components: [paid('shipping', 1, undefined, 'EUR')] }), position).mixed).toBe(true);
});

test('goods whose lines are not named can not be sent again', () => {
  expect(linesToReplace(learnPart(emptyLedger, 's1', [paid('line', 500)]), 's1')).toEqual({ lines: [], components: [], known: 0 });
});
