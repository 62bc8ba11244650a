import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fleet } from './support/fleet.ts';
import type { Ping } from './support/toy.ts';
import { alarms, gifts, oracle, pay, payments, pings, seconds, start, switches, watch } from './support/toy.ts';

const end = seconds(3_600);

/** Runs a history over a fleet in `records` mode, to its end. */
const run = async (
  history: readonly Ping[],
  of: { partitions?: number; processes?: number; batchRecords?: number; chunks?: number } = {},
): Promise<Fleet> => {
  const fleet = new Fleet({
    stages: () => [watch(), pay()],
    partitions: of.partitions ?? 3,
    time: 'records',
    start,
    ...(of.batchRecords && { batchRecords: of.batchRecords }),
  });
  await fleet.produce(switches, [[{ name: 'main', on: true }, start]]);
  for (let process = 0; process < (of.processes ?? 1); process += 1) await fleet.startProcess(`p${process}`);
  const sorted = [...history].sort((a, b) => a.at - b.at);
  const size = Math.ceil(sorted.length / (of.chunks ?? 1)) || 1;
  for (let from = 0; from < sorted.length; from += size) {
    const chunk = sorted.slice(from, from + size);
    await fleet.produce(
      pings,
      chunk.map(({ device, at }) => [{ device }, at as typeof start]),
    );
    await fleet.ticks((chunk.at(-1)?.at ?? start) as typeof start);
    await fleet.settle();
  }
  await fleet.ticks(end);
  await fleet.settle();
  return fleet;
};

const paid = (fleet: Fleet): readonly string[] =>
  fleet
    .values(payments)
    .map(({ id }) => id)
    .sort();

/** A few devices of a few owners whose pings come on a grid, so that deadlines and records meet in one instant. */
const history = fc.array(
  fc.record({
    device: fc.constantFrom('ann.a', 'ann.b', 'bob.a', 'cy.a', 'cy.b', 'di.a'),
    at: fc.integer({ min: 0, max: 60 }).map((tens) => seconds(tens * 10)),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('the records mode', () => {
  it.each([1, 2_000])('pays what was due before a stop, and nothing after it, in batches of %i', async (batchRecords) => {
    const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 1, time: 'records', start, batchRecords });
    await fleet.produce(switches, [
      [{ name: 'main', on: true }, start],
      [{ name: 'main', on: false }, seconds(100)],
    ]);
    await fleet.produce(pings, [
      [{ device: 'ann.a' }, seconds(1)],
      [{ device: 'bob.a' }, seconds(20)],
    ]);
    await fleet.ticks(end);
    await fleet.startProcess('only');
    await fleet.settle();
    expect(paid(fleet)).toHaveLength(1);
    expect(paid(fleet)[0]).toContain('a@');
    expect(fleet.told('PermitRefused')).toEqual([]);
  });

  it('pays for silence that lasts, and not for silence that ends just before or at the end of settle', async () => {
    const silentFor = (device: string, ...gaps: readonly number[]): readonly Ping[] => {
      let at = 0;
      return [{ device, at: seconds(0) }, ...gaps.map((gap) => ({ device, at: seconds((at += gap)) }))];
    };
    const fleet = await run([...silentFor('ann.before', 89), ...silentFor('ann.at', 90), ...silentFor('ann.after', 91)]);
    expect(paid(fleet).filter((id) => id.endsWith(`@${start}`))).toEqual([`ann.after@${start}`]);
  });

  it('gives what the plain oracle gives', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (pingsOf) => {
        expect(paid(await run(pingsOf))).toEqual(oracle(pingsOf, end));
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same records, whatever the partitions, processes, batches and chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.constantFrom(1, 3, 8),
        fc.constantFrom(1, 3),
        fc.constantFrom(1, 2, 7, 100),
        fc.constantFrom(1, 4),
        async (pingsOf, partitions, processes, batchRecords, chunks) => {
          const all = (fleet: Fleet): unknown => ({
            payments: fleet.values(payments).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
            alarms: fleet
              .values(alarms)
              .map((value) => JSON.stringify(value))
              .sort(),
          });
          expect(all(await run(pingsOf, { partitions, processes, batchRecords, chunks }))).toEqual(
            all(await run(pingsOf, { partitions: 1 })),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('holds its clock at a partition that has brought nothing, until a tick does', async () => {
    const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 1, time: 'records', start });
    await fleet.startProcess('one');
    await fleet.produce(pings, [
      [{ device: 'ann.a' }, seconds(0)],
      [{ device: 'ann.b' }, seconds(600)],
    ]);
    await fleet.settle();
    expect(fleet.values(alarms).map(({ device }) => device)).toEqual(['ann.a']);
    expect(fleet.values(payments)).toEqual([]);
    await fleet.ticks(seconds(600));
    await fleet.produce(switches, [[{ name: 'main', on: true }, seconds(600)]]);
    await fleet.ticks(seconds(700));
    await fleet.settle();
    expect(paid(fleet)).toEqual([`ann.a@${start}`, `ann.b@${seconds(600)}`].slice(0, 2));
  });

  it('folds a record earlier than its partition has come at the clock, and says that the run is not reproducible', async () => {
    const fleet = await run([{ device: 'ann.a', at: seconds(100) }]);
    await fleet.produce(pings, [[{ device: 'ann.a' }, seconds(50)]]);
    await fleet.ticks(seconds(7_200));
    await fleet.settle();
    expect(fleet.told('RecordLate')).toHaveLength(1);
    expect(paid(fleet)).toEqual([`ann.a@${seconds(100)}`, `ann.a@${end}`]);
  });

  it('goes on after a restart where it was, and hangs on no empty input', async () => {
    const fleet = await run([{ device: 'ann.a', at: seconds(0) }]);
    const [first] = fleet.processes;
    await first?.engine.stop();
    fleet.processes.length = 0;
    await fleet.startProcess('two');
    await fleet.settle();
    // Only pings are ticked: gifts and switch are known to have come to the end of the first run.
    await fleet.produce(gifts, [[{ owner: 'bob', device: 'a' }, seconds(4_000)]]);
    await fleet.produce(pings, [[{ device: 'bob.a' }, seconds(3_700)]]);
    await fleet.ticks(seconds(8_000));
    await fleet.settle();
    expect(paid(fleet)).toEqual([`ann.a@${start}`, `bob.a@${seconds(3_700)}`]);
  });
});
